"""Who and what a booking takes: its lead (`booking.resource_id`) and, for a crew's job, the others."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import booking_resource


class BookingResource(msgspec.Struct, frozen=True, kw_only=True):
    """That a booking takes a resource, and in which role."""

    booking_id: str
    resource_id: str
    role_id: str | None = None


async def insert_booking_resources(tx: AsyncConnection, taken: Iterable[BookingResource]) -> None:
    """Insert whom bookings take."""
    await rows.insert(tx, booking_resource, taken)


async def of_bookings(tx: AsyncConnection, booking_ids: Collection[str]) -> list[BookingResource]:
    """Read whom these bookings take, by booking."""
    of = booking_resource.c
    query = select(booking_resource).where(of.booking_id.in_(booking_ids))
    return await rows.find_all(tx, BookingResource, query.order_by(of.booking_id, of.resource_id))


async def replace(tx: AsyncConnection, booking_id: str, taken: Iterable[BookingResource]) -> None:
    """Have a booking take these instead of whom it took."""
    await tx.execute(delete(booking_resource).where(booking_resource.c.booking_id == booking_id))
    await insert_booking_resources(tx, taken)
