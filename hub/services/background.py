"""The tasks of a web process that run for ever: one that fails is logged, turns `/readyz` red and starts again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

PAUSE_S = 1.0
"""Before a failed task starts again."""
RED_S = 5.0
"""How long a task that failed stays a fault, so that one that fails again and again never looks healthy."""
TOLD_AGAIN_S = 0.5
"""After so long a task that goes on is told again to end."""

log = structlog.get_logger()


class Background:
    """Runs tasks and knows which of them failed a moment ago."""

    def __init__(self, pause_s: float = PAUSE_S, red_s: float = RED_S) -> None:
        self._pause_s, self._red_s = pause_s, red_s
        self._tasks: list[asyncio.Task[None]] = []
        self._failed_at_s: dict[str, float] = {}

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work`, which never ends by itself, until `stop`."""
        self._tasks.append(asyncio.create_task(self._keep(name, work), name=name))

    def failed(self) -> list[str]:
        """Name the tasks that failed in the last few seconds."""
        now_s = asyncio.get_running_loop().time()
        return [name for name, at_s in self._failed_at_s.items() if now_s - at_s < self._pause_s + self._red_s]

    async def stop(self) -> None:
        """End all tasks. One that goes on is told again: what it called may have taken the first time for its own."""
        running = set(self._tasks)
        while running:
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=TOLD_AGAIN_S)

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
                log.error("background task ended, starts again", task=name)
            except Exception:  # whatever it is: a hub that silently stopped working would be worse
                log.exception("background task failed, starts again", task=name)
            self._failed_at_s[name] = asyncio.get_running_loop().time()
            await asyncio.sleep(self._pause_s)
