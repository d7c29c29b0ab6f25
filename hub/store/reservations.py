"""Reservations: what is taken of a resource's time, by bookings and by holds. The database refuses overlaps."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import Interval
from hub.store import rows
from hub.store.ids import new_id
from hub.store.tables import reservation, resource
from hub.store.tables.no_overlap import CONSTRAINT, SQLITE_MESSAGE


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch of a resource's time."""

    id: str
    resource_id: str
    protected_from: datetime
    protected_to: datetime
    kind: Literal["hold", "booking"]
    booking_id: str | None = None
    hold_id: str | None = None
    """What the rows of one hold share, one row for each resource."""
    slot: dict[str, Any] | None = None
    """What a hold holds."""
    expires_at: datetime | None = None
    override: bool = False
    """A knowing overlap."""
    override_reason: str | None = None

    @property
    def interval(self) -> Interval:
        """Tell the protected time."""
        return Interval(self.protected_from, self.protected_to)


def of_booking(booking_id: str, resource_id: str, protected: Interval) -> Reservation:
    """Describe the reservation of a booking."""
    return Reservation(
        id=new_id("rv"),
        resource_id=resource_id,
        protected_from=protected.starts_at,
        protected_to=protected.ends_at,
        kind="booking",
        booking_id=booking_id,
    )


def is_overlap(fault: IntegrityError) -> bool:
    """Tell whether the database refused a row since it overlaps another one."""
    text = str(fault.orig)
    return CONSTRAINT in text or SQLITE_MESSAGE in text


@contextmanager
def unless_overlapping() -> Iterator[None]:
    """Leave a block, with its transaction rolled back, where the database refuses a row that overlaps another one."""
    try:
        yield
    except IntegrityError as fault:
        if not is_overlap(fault):
            raise


async def lock_resources(tx: AsyncConnection, resource_ids: Collection[str]) -> None:
    """Keep others from reserving time of these resources until the transaction ends; in order, so that none deadlock.

    On SQLite whoever writes is alone anyway.
    """
    query = select(resource.c.id).where(resource.c.id.in_(sorted(set(resource_ids)))).order_by(resource.c.id)
    await tx.execute(query.with_for_update())


async def forget_expired(tx: AsyncConnection, resource_ids: Collection[str], now: datetime) -> None:
    """Delete these resources' holds that have expired."""
    expired = (reservation.c.resource_id.in_(resource_ids), reservation.c.expires_at <= now)
    await tx.execute(delete(reservation).where(*expired))


async def insert(tx: AsyncConnection, made: Reservation) -> None:
    """Insert a reservation; an `IntegrityError` for which `is_overlap` holds where the time is taken."""
    await rows.insert(tx, reservation, [made])


async def get(tx: AsyncConnection, reservation_id: str) -> Reservation | None:
    """Read one reservation."""
    return await rows.find(tx, Reservation, select(reservation).where(reservation.c.id == reservation_id))


async def resource_of(tx: AsyncConnection, reservation_id: str) -> str | None:
    """Tell whose time a reservation takes."""
    query = select(reservation.c.resource_id).where(reservation.c.id == reservation_id)
    return (await tx.execute(query)).scalar_one_or_none()


async def remove(tx: AsyncConnection, reservation_id: str) -> bool:
    """Delete a reservation; tell whether it was still there."""
    return (await tx.execute(delete(reservation).where(reservation.c.id == reservation_id))).rowcount == 1


async def remove_of_booking(tx: AsyncConnection, booking_id: str) -> None:
    """Free the time of a booking."""
    await tx.execute(delete(reservation).where(reservation.c.booking_id == booking_id))


async def move(tx: AsyncConnection, booking_id: str, resource_id: str, protected: Interval) -> bool:
    """Give a booking other time; tell whether it had any. Raises as `insert` does."""
    change = (
        update(reservation)
        .where(reservation.c.booking_id == booking_id)
        .values(resource_id=resource_id, protected_from=protected.starts_at, protected_to=protected.ends_at)
    )
    return (await tx.execute(change)).rowcount == 1


async def taken(
    tx: AsyncConnection,
    resource_ids: Collection[str],
    within: Interval,
    now: datetime,
    *,
    but_of: Collection[str] = (),
) -> dict[str, list[Interval]]:
    """Read what is taken of these resources' time around `within`, without expired holds.

    `but_of` are ids of reservations or bookings that do not count.
    """
    query = select(reservation.c.resource_id, reservation.c.protected_from, reservation.c.protected_to).where(
        reservation.c.resource_id.in_(resource_ids),
        reservation.c.protected_from < within.ends_at,
        reservation.c.protected_to > within.starts_at,
        or_(reservation.c.expires_at.is_(None), reservation.c.expires_at > now),
        reservation.c.id.not_in(but_of),
        or_(reservation.c.booking_id.is_(None), reservation.c.booking_id.not_in(but_of)),
    )
    found: dict[str, list[Interval]] = {resource_id: [] for resource_id in resource_ids}
    for row in await tx.execute(query):
        found[row.resource_id].append(Interval(row.protected_from, row.protected_to))
    return found
