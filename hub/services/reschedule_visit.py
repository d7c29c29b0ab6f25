"""Move a visit to another time or to other people, and take the last change back."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.messages import MessageKind
from hub.domain.planned_time import Undo
from hub.domain.policies import UNDO_FOR
from hub.domain.slot_ids import Slot
from hub.domain.slots import promised
from hub.services.choose_team import Asked, InTheWay
from hub.services.find_slots import Wanted, find_others
from hub.services.outcomes import SlotTaken, UnknownBooking
from hub.services.place_booking import Placed, Placement, place_booking
from hub.store import accounts, bookings, reservations
from hub.store.bookings import Booking
from hub.store.database import Database

RESCHEDULED, REASSIGNED, UNDONE = "booking.rescheduled", "booking.reassigned", "booking.undone"


class Drag(msgspec.Struct, frozen=True, kw_only=True):
    """Where staff put a visit: another start, other people, or both."""

    starts_at: datetime | None = None
    """None: as it is."""
    team: tuple[str, ...] = ()
    """Who shall come, the lead first; none: who comes now."""
    override: str | None = None
    """Why, whatever is in the way."""


class Moved(msgspec.Struct, frozen=True):
    """It has its new time, or its old one again."""

    booking_id: str


class NotNow(msgspec.Struct, frozen=True):
    """The booking's status, or the time that has passed, no longer allows this."""

    status: BookingStatus


class OtherService(msgspec.Struct, frozen=True):
    """The slot was offered for something else."""


MoveOutcome = Moved | SlotTaken | InTheWay | NotNow | OtherService | UnknownBooking


async def reschedule_visit(
    db: Database, booking_id: str, to: Slot | Drag, *, actor: str, now: datetime, portal_id: str | None
) -> MoveOutcome:
    """Give a scheduled booking of this portal (None: of any) the slot's time, or what staff say.

    Booking, reservations, event and message commit together.
    """
    found = await _find(db, booking_id, portal_id)
    if found is None:
        return UnknownBooking(booking_id)
    if isinstance(to, Slot) and (to.portal_id, to.service_type_id) != (found.portal_id, found.service_type_id):
        return OtherService()
    placed: Placed | InTheWay = InTheWay()
    with reservations.unless_overlapping():
        async with db.write() as tx:
            booking = await _lock(tx, booking_id)
            if booking.status is not BookingStatus.SCHEDULED:
                return NotNow(booking.status)
            undo, wanted = Undo(until=now + UNDO_FOR, time=booking.time), await _wanted(tx, booking)
            place = (
                _to_slot(booking, wanted, to, actor, undo)
                if isinstance(to, Slot)
                else _dragged(booking, wanted, to, actor, undo)
            )
            if place is None:
                return Moved(booking_id)  # a second press must not take the first one's undo away
            placed = await place_booking(tx, place, now)
    if isinstance(placed, Placed):
        return Moved(booking_id)
    if isinstance(to, Drag):
        return placed
    return await _taken(db, found, to.visit.starts_at, now)


async def undo_change(
    db: Database, booking_id: str, *, actor: str, now: datetime, portal_id: str | None
) -> Moved | SlotTaken | NotNow | UnknownBooking:
    """Take the last reschedule or cancel back, for a while, if its old time is still free."""
    found = await _find(db, booking_id, portal_id)
    if found is None:
        return UnknownBooking(booking_id)
    if found.undo is None:
        return NotNow(found.status)
    placed: Placed | InTheWay = InTheWay()
    with reservations.unless_overlapping():
        async with db.write() as tx:
            booking = await _lock(tx, booking_id)
            if booking.undo != found.undo or now >= found.undo.until or not _may_be_undone(booking):
                return NotNow(booking.status)
            old = found.undo.time
            asked = Asked(wanted=await _wanted(tx, booking), visit=old.visit, prefer=old.team, booking_id=booking.id)
            place = Placement(
                asked=asked, window=old.window, of=booking, event=UNDONE, actor=actor, tells=MessageKind.UNDONE
            )
            placed = await place_booking(tx, place, now)
    if isinstance(placed, Placed):
        return Moved(booking_id)
    return await _taken(db, found, found.undo.time.visit.starts_at, now)


def _may_be_undone(booking: Booking) -> bool:
    return booking.status in (BookingStatus.SCHEDULED, BookingStatus.CANCELED)


async def _find(db: Database, booking_id: str, portal_id: str | None) -> Booking | None:
    async with db.read() as tx:
        found = await bookings.get(tx, booking_id)
    return None if found is None or portal_id not in (None, found.portal_id) else found


async def _lock(tx: AsyncConnection, booking_id: str) -> Booking:
    """Lock the booking; resources come after it, in the order in which all changes lock."""
    booking = await bookings.get_for_update(tx, booking_id)
    if booking is None:
        raise RuntimeError(f"booking {booking_id} is gone; bookings are never deleted")
    return booking


def _to_slot(booking: Booking, wanted: Wanted, slot: Slot, actor: str, undo: Undo) -> Placement | None:
    """Move to a slot, with whom it had if they can; None where it has that time."""
    if slot.visit == booking.time.visit:
        return None
    asked = Asked(wanted=wanted, visit=slot.visit, prefer=booking.resources, booking_id=booking.id)
    return _moved(booking, asked, slot.window, actor, undo)


def _dragged(booking: Booking, wanted: Wanted, drag: Drag, actor: str, undo: Undo) -> Placement | None:
    """Move to where staff put it; what keeps its start keeps what was promised, and its customer need not be told."""
    starts_at = drag.starts_at or booking.starts_at
    visit, team = Interval(starts_at, starts_at + (booking.ends_at - booking.starts_at)), drag.team or booking.resources
    asked = Asked(wanted=wanted, visit=visit, team=team, override=drag.override, booking_id=booking.id)
    if visit != booking.time.visit:
        return _moved(booking, asked, promised(visit), actor, undo)
    if team[0] == booking.resource_id and set(team) == set(booking.resources):
        return None
    window = booking.time.window
    return Placement(asked=asked, window=window, of=booking, event=REASSIGNED, actor=actor, undo=booking.undo)


def _moved(booking: Booking, asked: Asked, window: Interval, actor: str, undo: Undo) -> Placement:
    return Placement(
        asked=asked,
        window=window,
        of=booking,
        event=RESCHEDULED,
        actor=actor,
        tells=MessageKind.RESCHEDULED,
        undo=undo,
    )


async def _wanted(tx: AsyncConnection, booking: Booking) -> Wanted:
    location = await accounts.get_location(tx, booking.portal_id, booking.location_id)
    if location is None:
        raise RuntimeError(f"location {booking.location_id} of a booking is gone")
    return Wanted(
        portal_id=booking.portal_id,
        service_type_id=booking.service_type_id,
        place=Point(location.lat, location.lon),
        location_id=location.id,
        booking_id=booking.id,
    )


async def _taken(db: Database, booking: Booking, wanted_at: datetime, now: datetime) -> SlotTaken:
    async with db.read() as tx:
        wanted = await _wanted(tx, booking)
    return SlotTaken(await find_others(db, wanted, wanted_at, now))
