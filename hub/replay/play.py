"""Play a trace: at its own pace or faster, as if it were driven now."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from hub.clients.ping_line import Ack, PingLine, SentPing
from hub.clock import Clock

MOST_PER_FRAME = 500


class Progress(msgspec.Struct):
    """How far a replay is. Every ping sent has one verdict."""

    total: int
    sent: int = 0
    verdicts: Counter[str] = msgspec.field(default_factory=Counter)
    reasons: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def percent(self) -> int:
        """Tell how many of a hundred fixes are sent."""
        return 100 * self.sent // max(1, self.total)

    def count(self, ack: Ack, sent: int) -> None:
        """Count a frame's answer."""
        self.sent += sent
        self.verdicts["accepted"] += ack.accepted
        self.verdicts.update(other.verdict for other in ack.others)
        self.reasons.update(reason for other in ack.others for reason in other.reasons)


def shifted(fixes: Sequence[SentPing], starts_at: datetime, speed: float) -> list[SentPing]:
    """Move fixes so that the first is at `starts_at`, and pack them `speed` times as close.

    The times shrink too, so that every ping is sent when it claims to be: at a high speed somebody seems to
    drive that much faster, and the hub's rules for impossible speeds judge accordingly. Reported speeds stay.
    """
    first_at = fixes[0].at
    return [msgspec.structs.replace(fix, at=starts_at + (fix.at - first_at) / speed) for fix in fixes]


def due(pings: Sequence[SentPing], sent: int, now: datetime) -> int:
    """Count how many of the pings after the first `sent` ones go into the next frame."""
    upcoming = pings[sent : sent + MOST_PER_FRAME]
    return next((number for number, ping in enumerate(upcoming) if ping.at > now), len(upcoming))


async def play(
    line: PingLine, fixes: Sequence[SentPing], speed: float, clock: Clock, show: Callable[[Progress], None]
) -> Progress:
    """Send everything in the trace's order and tell `show` after each frame. Raises BadToken or HubAway."""
    pings = shifted(fixes, clock(), speed)
    progress = Progress(total=len(pings))
    while progress.sent < len(pings):
        count = due(pings, progress.sent, clock())
        if not count:
            wait = pings[progress.sent].at - clock()
            await asyncio.sleep(max(0.0, wait / timedelta(seconds=1)))
            continue
        ack = await line.send(pings[progress.sent : progress.sent + count])
        progress.count(ack, count)
        show(progress)
    return progress
