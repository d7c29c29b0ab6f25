"""A technician's phone: measures every two seconds, and sends until the hub has everything."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

from hub.clients.ping_line import HubAway, PingLine, SentPing, ping_line

PING_EVERY_S = 2.0
MOST_KEPT = 1_800
"""Pings kept while the hub is away: one hour; then the oldest go."""
MOST_PER_FRAME = 500
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0

Measure = Callable[[], Awaitable[SentPing]]
"""Answers the ping of this moment."""

log = structlog.get_logger()


class Phone:
    """Keeps what the hub has not acknowledged, in order, over any number of broken lines."""

    def __init__(self, token: str, find_hub: Callable[[], str], measure: Measure) -> None:
        """`find_hub` answers the hub's base URL, and is asked before each new line."""
        self._token, self._find_hub, self._measure = token, find_hub, measure
        self._kept: deque[SentPing] = deque(maxlen=MOST_KEPT)
        self._more = asyncio.Event()
        self._pause_s = FIRST_PAUSE_S

    @property
    def unsent(self) -> int:
        """Tell how many pings the hub has not acknowledged yet."""
        return len(self._kept)

    async def run(self, after_s: float) -> None:
        """Go on for ever, `after_s` later than now. Raises BadToken."""
        await asyncio.sleep(after_s)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._measure_on())
            tasks.create_task(self._send_on())

    async def _measure_on(self) -> None:
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while True:
            self._kept.append(await self._measure())
            self._more.set()
            next_s = max(next_s + PING_EVERY_S, loop.time())
            await asyncio.sleep(next_s - loop.time())

    async def _send_on(self) -> None:
        while True:
            try:
                async with ping_line(self._find_hub(), self._token) as line:
                    while True:
                        await self._more.wait()
                        await self._send_kept(line)
            except HubAway as fault:
                say = log.info if self._pause_s == FIRST_PAUSE_S else log.debug  # once per outage is enough
                say("phone_waits_for_hub", pause_s=round(self._pause_s, 1), kept=len(self._kept), fault=str(fault))
            await asyncio.sleep(self._pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads reconnects
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)

    async def _send_kept(self, line: PingLine) -> None:
        frame = list(self._kept)[:MOST_PER_FRAME]
        await line.send(frame)
        self._pause_s = FIRST_PAUSE_S
        while self._kept and self._kept[0].at <= frame[-1].at:  # the oldest may have gone meanwhile
            self._kept.popleft()
        if not self._kept:
            self._more.clear()
