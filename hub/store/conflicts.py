"""What takes a resource's time already, as staff want to read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import Interval
from hub.store import rows
from hub.store.tables import booking, contact, location, reservation, resource, work_order


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Time of a resource that is taken: by a visit, or by a hold, which has no customer yet."""

    resource_id: str
    resource_name: str
    protected_from: datetime
    protected_to: datetime
    customer_name: str | None
    address: str | None


async def within(
    tx: AsyncConnection, resource_ids: Collection[str], time: Interval, now: datetime, *, but_of: Collection[str]
) -> list[Conflict]:
    """Read what is taken of a time of these resources, in order; `but_of` are holds and bookings that do not count."""
    of = reservation.c
    query = (
        select(
            of.resource_id,
            resource.c.name.label("resource_name"),
            of.protected_from,
            of.protected_to,
            contact.c.name.label("customer_name"),
            location.c.address,
        )
        .join_from(reservation, resource, of.resource_id == resource.c.id)
        .outerjoin(booking, of.booking_id == booking.c.id)
        .outerjoin(work_order, booking.c.work_order_id == work_order.c.id)
        .outerjoin(contact, work_order.c.contact_id == contact.c.id)
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
    return await rows.find_all(tx, Conflict, query.order_by(of.protected_from, of.id))
