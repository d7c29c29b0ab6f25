"""Bookings: when a work order is done, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Label, Select, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.intervals import Interval
from hub.domain.planned_time import PlannedTime, Undo
from hub.store import booking_resources, rows
from hub.store.booking_resources import BookingResource
from hub.store.columns import UtcDateTime
from hub.store.cursors import decode_cursor, encode_cursor
from hub.store.tables import booking, booking_resource, reservation, work_order


class NewBooking(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a booking row."""

    id: str
    work_order_id: str
    resource_id: str
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    window_earliest: datetime
    window_latest: datetime
    created_at: datetime
    updated_at: datetime
    traveling_at: datetime | None = None
    arrived_at: datetime | None = None
    completed_at: datetime | None = None
    version: int = 1
    sequence: int = 0
    """How often the time was changed or freed: iCalendar's SEQUENCE."""
    undo: Undo | None = None


class Booking(NewBooking, frozen=True, kw_only=True):
    """A booking row with what its work order says."""

    portal_id: str
    account_id: str
    contact_id: str
    location_id: str
    service_type_id: str
    work_order_status: str
    travel_distance_m: float | None = None
    """How far the way there was, once it is measured."""
    travel_bridged_m: float | None = None
    """The part of it that is straight lines over gaps of the track."""
    travel_s: float | None = None
    override_reason: str | None = None
    """Why its time was taken whatever was in the way."""
    others: tuple[str, ...] = ()
    """Resources that come along, beside the one that leads."""

    @property
    def resources(self) -> tuple[str, ...]:
        """Name all who come, the lead first."""
        return (self.resource_id, *self.others)

    @property
    def time(self) -> PlannedTime:
        """Tell when it is planned, and by whom."""
        return PlannedTime(
            resource_id=self.resource_id,
            visit=Interval(self.starts_at, self.ends_at),
            window=Interval(self.window_earliest, self.window_latest),
            others=self.others,
        )


class BookingPage(msgspec.Struct, frozen=True):
    """A part of a list."""

    items: list[Booking]
    next_cursor: str | None


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """When the visit really happened, as far as it has."""

    traveling_at: datetime | None
    arrived_at: datetime | None
    completed_at: datetime | None


async def starts_of(tx: AsyncConnection, work_order_id: str) -> list[datetime]:
    """Tell when the visits of a work order start, whatever became of them."""
    query = select(booking.c.starts_at).where(booking.c.work_order_id == work_order_id).order_by(booking.c.starts_at)
    return list((await tx.execute(query)).scalars())


async def insert_bookings(tx: AsyncConnection, bookings: Iterable[NewBooking]) -> None:
    """Insert bookings, each with its lead as the one resource that it takes."""
    made = list(bookings)
    await rows.insert(tx, booking, made)
    leads = [BookingResource(booking_id=one.id, resource_id=one.resource_id) for one in made]
    await booking_resources.insert_booking_resources(tx, leads)


async def get(tx: AsyncConnection, booking_id: str) -> Booking | None:
    """Read one booking."""
    found = await _with_others(tx, await rows.find_all(tx, Booking, _bookings().where(booking.c.id == booking_id)))
    return found[0] if found else None


async def get_for_update(tx: AsyncConnection, booking_id: str) -> Booking | None:
    """Read one booking and keep others from changing it, and its work order, until the transaction ends."""
    query = _bookings().where(booking.c.id == booking_id)
    if (await tx.execute(query.with_for_update(of=booking, key_share=True))).one_or_none() is None:
        return None
    locked = query.with_for_update(of=work_order, key_share=True)  # always after the booking
    return (await _with_others(tx, await rows.find_all(tx, Booking, locked)))[0]


async def other_statuses(tx: AsyncConnection, work_order_id: str, booking_id: str) -> list[BookingStatus]:
    """Read the statuses of a work order's bookings beside one."""
    others = (booking.c.work_order_id == work_order_id, booking.c.id != booking_id)
    return [BookingStatus(status) for status in (await tx.execute(select(booking.c.status).where(*others))).scalars()]


async def list_bookings(
    tx: AsyncConnection,
    portal_id: str,
    *,
    resource_id: str | None = None,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
    status: BookingStatus | None = None,
    work_order_id: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> BookingPage:
    """List a portal's bookings by start, at most 500; raises BadCursorError. `resource_id` is anybody who comes.

    `starts_from` is the first start that counts, `starts_before` the first that no longer does.
    """
    query = _bookings().where(work_order.c.portal_id == portal_id)
    if resource_id is not None:
        theirs = select(booking_resource.c.booking_id).where(booking_resource.c.resource_id == resource_id)
        query = query.where(booking.c.id.in_(theirs))
    if starts_from is not None:
        query = query.where(booking.c.starts_at >= starts_from)
    if starts_before is not None:
        query = query.where(booking.c.starts_at < starts_before)
    if status is not None:
        query = query.where(booking.c.status == status)
    if work_order_id is not None:
        query = query.where(booking.c.work_order_id == work_order_id)
    if cursor is not None:
        at, last_id = decode_cursor(cursor)
        last = tuple_(literal(at, UtcDateTime), literal(last_id))
        query = query.where(tuple_(booking.c.starts_at, booking.c.id) > last)
    size = rows.page_size(limit)
    query = query.order_by(booking.c.starts_at, booking.c.id).limit(size + 1)  # one more tells of a next page
    found = await rows.find_all(tx, Booking, query)
    items = await _with_others(tx, found[:size])
    more = len(found) > size
    return BookingPage(items, encode_cursor(items[-1].starts_at, items[-1].id) if more else None)


async def set_status(
    tx: AsyncConnection,
    known: Booking,
    *,
    status: BookingStatus,
    times: Times,
    undo: Undo | None,
    now: datetime,
) -> None:
    """Set status and actual times of a booking that this transaction has locked.

    Canceling frees its time, which is a SEQUENCE of its own.
    """
    freed = {"sequence": known.sequence + 1} if status is BookingStatus.CANCELED else {}
    await _change(tx, known, now, status=status, undo=_json(undo), **freed, **msgspec.structs.asdict(times))


async def set_time(tx: AsyncConnection, known: Booking, time: PlannedTime, *, undo: Undo | None, now: datetime) -> None:
    """Schedule a booking that this transaction has locked for another time or lead; another time is a SEQUENCE on."""
    moved = (known.time.visit, known.time.window) != (time.visit, time.window)
    freed = known.status is BookingStatus.CANCELED
    await _change(
        tx,
        known,
        now,
        status=BookingStatus.SCHEDULED,
        resource_id=time.resource_id,
        starts_at=time.visit.starts_at,
        ends_at=time.visit.ends_at,
        window_earliest=time.window.starts_at,
        window_latest=time.window.ends_at,
        traveling_at=None,
        predicted_at=None,
        predicted_latest=None,
        undo=_json(undo),
        sequence=known.sequence + (moved or freed),
    )


async def _change(tx: AsyncConnection, known: Booking, now: datetime, **values: Any) -> None:
    change = (
        update(booking)
        .where(booking.c.id == known.id, booking.c.version == known.version)
        .values(version=known.version + 1, updated_at=now, **values)
    )
    if (await tx.execute(change)).rowcount != 1:
        raise RuntimeError(f"booking {known.id} changed although this transaction locked it")


def _json(undo: Undo | None) -> Any:
    return None if undo is None else msgspec.to_builtins(undo)


async def _with_others(tx: AsyncConnection, found: list[Booking]) -> list[Booking]:
    along: dict[str, list[str]] = {one.id: [] for one in found}
    for row in await booking_resources.of_bookings(tx, list(along)):
        along[row.booking_id].append(row.resource_id)
    return [
        msgspec.structs.replace(one, others=tuple(id_ for id_ in along[one.id] if id_ != one.resource_id))
        for one in found
    ]


def _override_reason() -> Label[str | None]:
    reason = select(func.max(reservation.c.override_reason)).where(reservation.c.booking_id == booking.c.id)
    return reason.scalar_subquery().label("override_reason")


def _bookings() -> Select[Any]:
    return select(
        booking,
        work_order.c.portal_id,
        work_order.c.account_id,
        work_order.c.contact_id,
        work_order.c.location_id,
        work_order.c.service_type_id,
        work_order.c.status.label("work_order_status"),
        _override_reason(),
    ).join(work_order)
