"""Visits that a technician still does before the one that a customer waits for: where, and for how long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point

_BEGUN = (BookingStatus.IN_PROGRESS, BookingStatus.ON_BREAK)


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One of them, as the bookings tell. Nobody but the technician and the staff may know where it is."""

    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    arrived_at: datetime | None
    place: Point


class StopsBefore(msgspec.Struct, frozen=True):
    """What all of them add to an arrival, ready for many looks."""

    via: tuple[Point, ...] = ()
    """The places that are still to be driven to, in order."""
    service_s: float = 0.0
    """Seconds of work there."""
    busy_until: datetime | None = None
    """When the work is planned to end that has begun, wherever that is."""

    def left_s(self, now: datetime) -> float:
        """Tell the seconds of work that are left, all together."""
        if self.busy_until is None:
            return self.service_s
        return self.service_s + max(0.0, (self.busy_until - now).total_seconds())


NO_STOPS = StopsBefore()


def stops_before(stops: Iterable[Stop]) -> StopsBefore:
    """Add up the stops, given in their order. Work that has begun takes as long as planned, from the arrival on."""
    via: list[Point] = []
    work, busy_until = timedelta(), None
    for stop in stops:
        planned = stop.ends_at - stop.starts_at
        if stop.status in _BEGUN:
            ends_at = (stop.arrived_at or stop.starts_at) + planned
            busy_until = ends_at if busy_until is None else max(busy_until, ends_at)
        else:
            via.append(stop.place)
            work += planned
    return StopsBefore(tuple(via), work.total_seconds(), busy_until)
