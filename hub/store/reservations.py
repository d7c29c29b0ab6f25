"""Reservations: what is taken of a resource's time, by bookings and by holds. The database refuses overlaps."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import Interval
from hub.domain.slot_ids import Slot
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


class HeldSlot(msgspec.Struct, frozen=True, kw_only=True):
    """What a hold keeps free, as each of its rows tells."""

    slot: Slot
    extended: bool = False
    """Whether it was extended, which is possible once."""


def of_booking(
    booking_id: str, resource_id: str, protected: Interval, *, override_reason: str | None = None
) -> Reservation:
    """Describe a reservation of a booking; with a reason it may overlap others."""
    return Reservation(
        id=new_id("rv"),
        resource_id=resource_id,
        protected_from=protected.starts_at,
        protected_to=protected.ends_at,
        kind="booking",
        booking_id=booking_id,
        override=override_reason is not None,
        override_reason=override_reason,
    )


def of_hold(hold_id: str, resource_id: str, protected: Interval, held: HeldSlot, expires_at: datetime) -> Reservation:
    """Describe a reservation of a hold."""
    return Reservation(
        id=new_id("rv"),
        resource_id=resource_id,
        protected_from=protected.starts_at,
        protected_to=protected.ends_at,
        kind="hold",
        hold_id=hold_id,
        slot=msgspec.to_builtins(held),
        expires_at=expires_at,
    )


def held_slot(hold: Reservation) -> HeldSlot:
    """Read what a hold holds."""
    return msgspec.convert(hold.slot, HeldSlot)


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

    On SQLite whoever writes is alone anyway. Rows that only refer to a resource may be written meanwhile.
    """
    query = select(resource.c.id).where(resource.c.id.in_(sorted(set(resource_ids)))).order_by(resource.c.id)
    await tx.execute(query.with_for_update(key_share=True))


async def forget_expired(tx: AsyncConnection, resource_ids: Collection[str], now: datetime) -> list[Reservation]:
    """Delete these resources' holds that have expired, and tell which these were."""
    return await _remove(tx, and_(reservation.c.resource_id.in_(resource_ids), reservation.c.expires_at <= now))


async def insert(tx: AsyncConnection, *made: Reservation) -> None:
    """Insert reservations; an `IntegrityError` for which `is_overlap` holds where the time is taken."""
    await rows.insert(tx, reservation, made)


async def of_holder(tx: AsyncConnection, holder_id: str) -> list[Reservation]:
    """Read the reservations of a booking or a hold, one for each of its resources."""
    query = select(reservation).where(_of(holder_id)).order_by(reservation.c.resource_id)
    return await rows.find_all(tx, Reservation, query)


async def remove(tx: AsyncConnection, holder_id: str) -> list[Reservation]:
    """Free the time of a booking or a hold; tell which reservations it had."""
    return await _remove(tx, _of(holder_id))


async def keep_until(tx: AsyncConnection, hold_id: str, held: HeldSlot, expires_at: datetime) -> None:
    """Let a hold last until then."""
    change = update(reservation).where(reservation.c.hold_id == hold_id)
    await tx.execute(change.values(slot=msgspec.to_builtins(held), expires_at=expires_at))


async def protect_from(tx: AsyncConnection, reservation_id: str, at: datetime) -> None:
    """Renew when the way to a visit begins; raises as `insert` does. What was overridden knowingly stays as it is."""
    change = update(reservation).where(reservation.c.id == reservation_id, reservation.c.override.is_(False))
    await tx.execute(change.values(protected_from=at))


async def taken(
    tx: AsyncConnection,
    resource_ids: Collection[str],
    within: Interval,
    now: datetime,
    *,
    but_of: Collection[str] = (),
) -> dict[str, list[Interval]]:
    """Read what is taken of these resources' time around `within`, without expired holds.

    `but_of` are ids of holds and bookings that do not count.
    """
    query = select(reservation.c.resource_id, reservation.c.protected_from, reservation.c.protected_to).where(
        reservation.c.resource_id.in_(resource_ids),
        reservation.c.protected_from < within.ends_at,
        reservation.c.protected_to > within.starts_at,
        or_(reservation.c.expires_at.is_(None), reservation.c.expires_at > now),
        or_(reservation.c.booking_id.is_(None), reservation.c.booking_id.not_in(but_of)),
        or_(reservation.c.hold_id.is_(None), reservation.c.hold_id.not_in(but_of)),
    )
    found: dict[str, list[Interval]] = {resource_id: [] for resource_id in resource_ids}
    for row in await tx.execute(query):
        found[row.resource_id].append(Interval(row.protected_from, row.protected_to))
    return found


async def _remove(tx: AsyncConnection, which: ColumnElement[bool]) -> list[Reservation]:
    gone = await tx.execute(delete(reservation).where(which).returning(reservation))
    return [rows.as_struct(Reservation, row) for row in gone]


def _of(holder_id: str) -> ColumnElement[bool]:
    return or_(reservation.c.booking_id == holder_id, reservation.c.hold_id == holder_id)
