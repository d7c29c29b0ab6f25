"""What takes people's time, and where: the visits and holds between which others are fitted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.store.reservations import HeldSlot
from hub.store.tables import booking, location, reservation, work_order


class PlannedStop(msgspec.Struct, frozen=True, gc=False):
    """A reservation of one resource, with the place where its visit is."""

    id: str
    resource_id: str
    holder_id: str
    """The booking, or the hold."""
    starts_at: datetime
    """The planned start of the visit."""
    free_at: datetime
    """The end of the visit, with the buffer after it."""
    place: Point


async def within(
    tx: AsyncConnection,
    resource_ids: Collection[str],
    time: Interval,
    now: datetime,
    *,
    but_of: Collection[str] = (),
) -> list[PlannedStop]:
    """Read what takes time of these resources around `time`, in order of the starts, without expired holds.

    `but_of` are ids of holds and bookings that do not count.
    """
    of = reservation.c
    query = (
        select(
            of.id,
            of.resource_id,
            of.booking_id,
            of.hold_id,
            booking.c.starts_at,
            of.protected_to,
            location.c.lat,
            location.c.lon,
            of.slot,
        )
        .join_from(reservation, booking, of.booking_id == booking.c.id, isouter=True)
        .outerjoin(work_order, booking.c.work_order_id == work_order.c.id)
        .outerjoin(location, work_order.c.location_id == location.c.id)
        .where(
            of.resource_id.in_(resource_ids),
            of.protected_from < time.ends_at,
            of.protected_to > time.starts_at,
            or_(of.expires_at.is_(None), of.expires_at > now),
            or_(of.booking_id.is_(None), of.booking_id.not_in(but_of)),
            or_(of.hold_id.is_(None), of.hold_id.not_in(but_of)),
        )
    )
    found = []
    for id_, resource_id, booking_id, hold_id, starts_at, free_at, lat, lon, slot in await tx.execute(query):
        if booking_id is not None:
            found.append(PlannedStop(id_, resource_id, booking_id, starts_at, free_at, Point(lat, lon)))
        elif slot is not None:
            held = msgspec.convert(slot, HeldSlot).slot
            found.append(PlannedStop(id_, resource_id, hold_id or id_, held.visit.starts_at, free_at, held.place))
    return sorted(found, key=lambda one: one.starts_at)
