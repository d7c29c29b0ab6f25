"""Where each technician of the demo has to be, and when."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo.anchor import Anchor, status_due
from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.store import resources
from hub.store.tables import booking, location, work_order

LOOK_BACK = timedelta(hours=2)
"""Older visits are of no interest: seeding has closed them."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """A visit as stored."""

    booking_id: str
    place: Point
    starts_at: datetime
    ends_at: datetime
    status: BookingStatus


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """A drive and the visit at its end."""

    booking_id: str
    start: Point
    end: Point
    departs_at: datetime
    arrives_at: datetime
    finishes_at: datetime
    status: BookingStatus
    """The booking's status when the timetable was read."""

    def due(self, now: datetime) -> BookingStatus:
        """Tell which status the booking should have."""
        return status_due(self.departs_at, self.arrives_at, self.finishes_at, now)


class Day(msgspec.Struct, frozen=True):
    """One technician's legs, one after the other."""

    resource_id: str
    base: Point
    legs: tuple[Leg, ...]

    def leg_at(self, now: datetime) -> Leg | None:
        """Find the leg begun last, None before the first one: then the technician is at the base."""
        index = bisect_right(self.legs, now, key=lambda leg: leg.departs_at)
        return self.legs[index - 1] if index else None


def legs_of(base: Point, begins_at: datetime, stops: list[Stop], *, knows_first: bool) -> tuple[Leg, ...]:
    """Join stops, in the order of their starts, to legs: each drive begins when the visit before it ends.

    The first one begins at the base at `begins_at` if `knows_first`; else the first stop is only where the
    technician comes from. A stop that starts before the one before it ends is left out.
    """
    legs: list[Leg] = []
    place, free_at = base, begins_at
    for number, stop in enumerate(stops):
        if number == 0 and not knows_first:
            place, free_at = stop.place, stop.ends_at
        elif stop.starts_at > free_at:
            legs.append(
                Leg(
                    booking_id=stop.booking_id,
                    start=place,
                    end=stop.place,
                    departs_at=free_at,
                    arrives_at=stop.starts_at,
                    finishes_at=stop.ends_at,
                    status=stop.status,
                )
            )
            place, free_at = stop.place, stop.ends_at
    return tuple(legs)


async def read_days(tx: AsyncConnection, portal_id: str, anchor: Anchor, now: datetime) -> list[Day]:
    """Read the days of the technicians who are driven."""
    since = max(anchor.starts_at, now - LOOK_BACK)
    query = (
        select(
            booking.c.resource_id,
            booking.c.id,
            booking.c.starts_at,
            booking.c.ends_at,
            booking.c.status,
            location.c.lat,
            location.c.lon,
        )
        .join_from(booking, work_order)
        .join(location)
        .where(
            booking.c.resource_id.in_(anchor.resources),
            booking.c.starts_at >= since,
            booking.c.status != BookingStatus.CANCELED,
        )
        .order_by(booking.c.starts_at)
    )
    stops: defaultdict[str, list[Stop]] = defaultdict(list)
    for row in await tx.execute(query):
        stop = Stop(
            booking_id=row.id,
            place=Point(row.lat, row.lon),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            status=BookingStatus(row.status),
        )
        stops[row.resource_id].append(stop)
    technicians = await resources.list_resources(tx, portal_id)
    bases = {one.id: Point(one.base_lat, one.base_lon) for one in technicians}
    knows_first = since == anchor.starts_at
    return [
        Day(id_, bases[id_], legs_of(bases[id_], anchor.starts_at, stops[id_], knows_first=knows_first))
        for id_ in anchor.resources
    ]
