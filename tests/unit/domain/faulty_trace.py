"""A clean drive, and the faults that phones and networks add to it: each keeps the rest of the drive as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from hub.domain.judge_trace import Received
from hub.domain.ping import Ping
from tests.builders import NOW
from tests.unit.domain.pings import METRES_PER_DEGREE

SECONDS = 600
SPEED_MPS = 11.0
DELAY = timedelta(seconds=1)
"""From the fix to the hub, where nothing is wrong."""
BATCH = 20

Trace = list[Received]
Fault = Callable[[Trace, Random], Trace]


def clean_drive() -> Trace:
    """Drive north for ten minutes, a fix each second, each received a second later."""
    return [Received(_fix(second), NOW + timedelta(seconds=second) + DELAY) for second in range(SECONDS)]


def _fix(second: int) -> Ping:
    return Ping(
        lat=60.17 + SPEED_MPS * second / METRES_PER_DEGREE,
        lon=24.94,
        at=NOW + timedelta(seconds=second),
        accuracy_m=8.0,
        speed_mps=SPEED_MPS,
        heading_deg=0.0,
        battery=0.8,
    )


def tunnel_then_burst(trace: Trace, random: Random) -> Trace:
    """Hear nothing for a minute, then all of it at once, the newest first as careful phones do."""
    start = _somewhere(random, 60)
    inside = trace[start : start + 60]
    at = inside[-1].at
    newest_first = [Received(inside[-1].ping, at), *(Received(one.ping, at) for one in inside[:-1])]
    return [*trace[:start], *newest_first, *trace[start + 60 :]]


def reversed_batch(trace: Trace, random: Random) -> Trace:
    """Turn a batch round, as a queue does that is emptied from its end."""
    start = _somewhere(random, BATCH)
    return [*trace[:start], *reversed(trace[start : start + BATCH]), *trace[start + BATCH :]]


def doubled_batch(trace: Trace, random: Random) -> Trace:
    """Send a batch again, as a phone does that lost the answer."""
    start = _somewhere(random, BATCH)
    end = start + BATCH
    return [*trace[:end], *trace[start:end], *trace[end:]]


def clock_ahead(trace: Trace, random: Random) -> Trace:
    """Add a fix by a clock that is 90 s ahead."""
    return _added(trace, random, lambda ping: msgspec.structs.replace(ping, at=ping.at + timedelta(seconds=90)))


def from_1970(trace: Trace, random: Random) -> Trace:
    """Add a fix by a clock that was never set."""
    return _added(trace, random, lambda ping: msgspec.structs.replace(ping, at=datetime(1970, 1, 1, tzinfo=UTC)))


def honest_cell_fix(trace: Trace, random: Random) -> Trace:
    """Add a fix by cell towers, 2 km off, which says that it is good for 1,500 m."""
    return _added(trace, random, lambda ping: _off(ping, 2_000.0, 1_500.0))


def lying_cell_fix(trace: Trace, random: Random) -> Trace:
    """Add a fix 2 km off that claims to be good for 10 m."""
    return _added(trace, random, lambda ping: _off(ping, 2_000.0, 10.0))


def unknown_as_none(trace: Trace, random: Random) -> Trace:
    """Forget speed, heading and battery of a batch, which phones send as −1."""
    start = _somewhere(random, BATCH)
    return [
        Received(msgspec.structs.replace(one.ping, speed_mps=None, heading_deg=None, battery=None), one.at)
        if one.ping is not None and start <= number < start + BATCH
        else one
        for number, one in enumerate(trace)
    ]


def with_faults(faults: Sequence[Fault], seed: int) -> Trace:
    """Add faults to a clean drive, each somewhere within its own part of it."""
    whole, random = clean_drive(), Random(seed)  # noqa: S311 - a seeded test, no secret
    size = SECONDS // max(1, len(faults))
    parts = [whole[start : start + size] for start in range(0, size * len(faults), size)]
    faulty = [one for fault, part in zip(faults, parts, strict=True) for one in fault(part, random)]
    return faulty + whole[size * len(faults) :]


def _somewhere(random: Random, length: int) -> int:
    """Choose where a fault of this length begins, with fixes before it and after it."""
    return random.randrange(2, SHORTEST_PART - length - 2)


SHORTEST_PART = 70
"""Eight faults share ten minutes."""


def _added(trace: Trace, random: Random, changed: Callable[[Ping], Ping]) -> Trace:
    at = _somewhere(random, 1)
    before = trace[at - 1]
    assert before.ping is not None
    half_a_second = timedelta(seconds=0.5)
    between = msgspec.structs.replace(before.ping, at=before.ping.at + half_a_second)
    return [*trace[:at], Received(changed(between), before.at + half_a_second), *trace[at:]]


def _off(ping: Ping, metres: float, accuracy_m: float) -> Ping:
    return msgspec.structs.replace(ping, lat=ping.lat + metres / METRES_PER_DEGREE, accuracy_m=accuracy_m)
