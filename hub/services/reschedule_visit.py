"""Move a visit to another time, and take the last change back."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.messages import MessageKind
from hub.domain.planned_time import PlannedTime, Undo
from hub.domain.policies import UNDO_FOR
from hub.domain.slot_ids import Slot
from hub.domain.slots import protected
from hub.domain.work_order import WorkOrderStatus
from hub.services.choose_technician import choose_technician
from hub.services.find_slots import Wanted, find_others
from hub.services.outcomes import SlotTaken, UnknownBooking
from hub.services.tell_contact import tell_contact
from hub.store import accounts, bookings, events, reservations, work_orders
from hub.store.bookings import Booking
from hub.store.database import Database

RESCHEDULED, UNDONE = "booking.rescheduled", "booking.undone"


class Moved(msgspec.Struct, frozen=True):
    """It has its new time, or its old one again."""

    booking_id: str


class NotNow(msgspec.Struct, frozen=True):
    """The booking's status, or the time that has passed, no longer allows this."""

    status: BookingStatus


class OtherService(msgspec.Struct, frozen=True):
    """The slot was offered for something else."""


async def reschedule_visit(
    db: Database, booking_id: str, slot: Slot, *, actor: str, now: datetime, portal_id: str | None
) -> Moved | SlotTaken | NotNow | OtherService | UnknownBooking:
    """Give a scheduled booking of this portal (None: of any) the slot's time.

    Booking, reservation, event and message commit together.
    """
    found = await _find(db, booking_id, portal_id)
    if found is None:
        return UnknownBooking(booking_id)
    if (slot.portal_id, slot.service_type_id) != (found.portal_id, found.service_type_id):
        return OtherService()
    kept = False
    with reservations.unless_overlapping():
        async with db.write() as tx:
            booking = await _lock(tx, booking_id)
            if booking.status is not BookingStatus.SCHEDULED:
                return NotNow(booking.status)
            if slot.visit == booking.time.visit:
                return Moved(booking_id)  # a second press must not take the first one's undo away
            undo = Undo(until=now + UNDO_FOR, time=booking.time)
            kept = await _move(tx, booking, slot.visit, slot.window, undo, now)
            if kept:
                await _note(tx, booking, RESCHEDULED, MessageKind.RESCHEDULED, actor, now)
    return Moved(booking_id) if kept else await _taken(db, found, slot.visit.starts_at, now)


async def undo_change(
    db: Database, booking_id: str, *, actor: str, now: datetime, portal_id: str | None
) -> Moved | SlotTaken | NotNow | UnknownBooking:
    """Take the last reschedule or cancel back, for a while, if its old time is still free."""
    found = await _find(db, booking_id, portal_id)
    if found is None:
        return UnknownBooking(booking_id)
    if found.undo is None:
        return NotNow(found.status)
    kept = False
    with reservations.unless_overlapping():
        async with db.write() as tx:
            booking = await _lock(tx, booking_id)
            if booking.undo != found.undo or now >= found.undo.until or not _may_be_undone(booking):
                return NotNow(booking.status)
            old = found.undo.time
            kept = await _move(tx, booking, old.visit, old.window, None, now, prefer=old.resource_id)
            if kept:
                await _note(tx, booking, UNDONE, MessageKind.UNDONE, actor, now)
    return Moved(booking_id) if kept else await _taken(db, found, found.undo.time.visit.starts_at, now)


def _may_be_undone(booking: Booking) -> bool:
    return booking.status in (BookingStatus.SCHEDULED, BookingStatus.CANCELED)


async def _find(db: Database, booking_id: str, portal_id: str | None) -> Booking | None:
    async with db.read() as tx:
        found = await bookings.get(tx, booking_id)
    return None if found is None or portal_id not in (None, found.portal_id) else found


async def _lock(tx: AsyncConnection, booking_id: str) -> Booking:
    """Lock the booking; technicians come after it, in the order in which all changes lock."""
    booking = await bookings.get_for_update(tx, booking_id)
    if booking is None:
        raise RuntimeError(f"booking {booking_id} is gone; bookings are never deleted")
    return booking


async def _move(
    tx: AsyncConnection,
    booking: Booking,
    visit: Interval,
    window: Interval,
    undo: Undo | None,
    now: datetime,
    *,
    prefer: str | None = None,
) -> bool:
    """Give the booking this time, with whom it had or is preferred if they can; tell whether anybody can."""
    resource_id = await choose_technician(
        tx, booking.portal_id, visit, now, prefer=prefer or booking.resource_id, but_of=[booking.id]
    )
    if resource_id is None:
        return False
    if not await reservations.move(tx, booking.id, resource_id, protected(visit)):
        await reservations.insert(tx, reservations.of_booking(booking.id, resource_id, protected(visit)))
    time = PlannedTime(resource_id=resource_id, visit=visit, window=window)
    await bookings.set_time(tx, booking, time, undo=undo, now=now)
    await work_orders.set_status(tx, booking.work_order_id, WorkOrderStatus.SCHEDULED)
    return True


async def _note(
    tx: AsyncConnection, booking: Booking, event_kind: str, kind: MessageKind, actor: str, now: datetime
) -> None:
    await tell_contact(tx, booking.id, kind, now=now, was=booking.time)
    data = {"was_starts_at": booking.starts_at.isoformat(), "was_resource": booking.resource_id}
    await events.append(
        tx,
        portal_id=booking.portal_id,
        at=now,
        kind=event_kind,
        booking_id=booking.id,
        actor=actor,
        data=data,
    )


async def _taken(db: Database, booking: Booking, wanted_at: datetime, now: datetime) -> SlotTaken:
    async with db.read() as tx:
        location = await accounts.get_location(tx, booking.portal_id, booking.location_id)
    if location is None:
        return SlotTaken([])
    wanted = Wanted(
        portal_id=booking.portal_id,
        service_type_id=booking.service_type_id,
        place=Point(location.lat, location.lon),
        location_id=location.id,
        booking_id=booking.id,
    )
    return SlotTaken(await find_others(db, wanted, wanted_at, now))
