"""Notice when a technician approaches a customer, has arrived and has left: each once on one way there.

Thresholds are those of Namma Yatri and the Traccar community (reference "Filters", rows 7 and 15); the gap between
50 m in and 100 m out keeps a phone that wanders at the door from arriving twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from hub.domain.geodesy import METRES_PER_DEGREE, Point, distance_m
from hub.domain.ping import Ping
from hub.domain.shown_arrival import ShownArrival

APPROACHING_M = 500.0
ARRIVED_M = 50.0
LEFT_M = 100.0
SLOW_MPS = 2.0
DWELL = timedelta(seconds=30)
LEAVING_FIXES = 2
ACCURATE_M = 50.0
"""Nothing is decided on a fix that is less accurate, or of unknown accuracy."""


class CrossingKind(StrEnum):
    """What happened at the customer's place."""

    APPROACHING = "approaching"
    ARRIVED = "arrived"
    LEFT = "left"


class Arrival(StrEnum):
    """What an arrival does to the visit's status."""

    SUGGEST = "suggest"
    AUTOMATIC = "automatic"


OBJECT_FOR = timedelta(seconds=60)
"""How long the technician may object before an arrival is believed."""


class Journey(msgspec.Struct, frozen=True):
    """One way to one customer: turning back and setting off again is another."""

    booking_id: str
    set_off_at: datetime


class Crossing(msgspec.Struct, frozen=True, array_like=True):
    """A line that was crossed, once."""

    booking_id: str
    set_off_at: datetime
    kind: CrossingKind
    at: datetime
    """When the ping was taken that showed it."""


class Fence(msgspec.Struct, frozen=True, array_like=True):
    """How far one journey has come, as the pings show it."""

    booking_id: str
    set_off_at: datetime
    passed: CrossingKind | None = None
    """The last line that was crossed."""
    near_since: datetime | None = None
    """Since when the technician is at the place, while nothing shows yet that they stay."""
    outside: int = 0
    """How many fixes in a row were away from the place, after the arrival."""
    shown: ShownArrival | None = None
    """Which arrival people are shown on this way."""


class Step(msgspec.Struct, frozen=True):
    """The fence after a ping, and what the ping showed."""

    fence: Fence
    crossed: tuple[Crossing, ...] = ()


def step(fence: Fence | None, journey: Journey, place: Point, ping: Ping) -> Step:
    """Follow one accepted ping of somebody on a journey to `place`; a new journey begins anew."""
    if fence is None or fence.booking_id != journey.booking_id or fence.set_off_at != journey.set_off_at:
        fence = Fence(journey.booking_id, journey.set_off_at)
    if fence.passed is CrossingKind.LEFT or ping.accuracy_m is None or ping.accuracy_m > ACCURATE_M:
        return Step(fence)
    if fence.passed is not CrossingKind.ARRIVED and fence.near_since is None and _is_far(ping, place):
        return Step(fence)
    away_m = distance_m(ping.place, place)
    if fence.passed is CrossingKind.ARRIVED:
        return _leave(fence, away_m, ping)
    return _arrive(fence, away_m, ping)


def _is_far(ping: Ping, place: Point) -> bool:
    """Tell at a glance, as for most pings, that somebody is too far north or south to be near."""
    return abs(ping.lat - place.lat) * METRES_PER_DEGREE > APPROACHING_M


def _arrive(fence: Fence, away_m: float, ping: Ping) -> Step:
    if away_m > ARRIVED_M:
        waiting = fence if fence.near_since is None else msgspec.structs.replace(fence, near_since=None)
        if away_m <= APPROACHING_M and fence.passed is None:
            return _cross(waiting, ping, CrossingKind.APPROACHING)
        return Step(waiting)
    since = fence.near_since or ping.at
    slow = ping.speed_mps is not None and ping.speed_mps < SLOW_MPS
    if not slow and ping.at - since < DWELL:
        near = msgspec.structs.replace(fence, near_since=since)
        return _cross(near, ping, CrossingKind.APPROACHING) if fence.passed is None else Step(near)
    kinds = (CrossingKind.ARRIVED,) if fence.passed else (CrossingKind.APPROACHING, CrossingKind.ARRIVED)
    return _cross(fence, ping, *kinds)


def _leave(fence: Fence, away_m: float, ping: Ping) -> Step:
    if away_m <= LEFT_M:
        return Step(fence if not fence.outside else msgspec.structs.replace(fence, outside=0))
    if fence.outside + 1 < LEAVING_FIXES:
        return Step(msgspec.structs.replace(fence, outside=fence.outside + 1))
    return _cross(fence, ping, CrossingKind.LEFT)


def _cross(fence: Fence, ping: Ping, *kinds: CrossingKind) -> Step:
    crossed = tuple(Crossing(fence.booking_id, fence.set_off_at, kind, ping.at) for kind in kinds)
    return Step(msgspec.structs.replace(fence, passed=kinds[-1]), crossed)
