"""Move a visit to another time or to other people, and take the last change back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.intervals import Interval
from hub.domain.messages import MessageKind
from hub.domain.planned_time import Undo
from hub.domain.policies import UNDO_FOR, is_told_of_move
from hub.domain.slot_ids import Slot
from hub.services.choose_team import Asked, InTheWay, look_ahead
from hub.services.find_slots import Wanted, find_others
from hub.services.outcomes import SlotTaken, UnknownBooking
from hub.services.place_booking import Placed, Placement, place_booking, wanted_by_booking
from hub.services.promise import promised_window
from hub.services.travel_matrix import TravelMatrix
from hub.store import accounts, bookings, reservations, service_types
from hub.store.bookings import Booking
from hub.store.database import Database
from hub.store.service_types import ServiceType

RESCHEDULED, REASSIGNED, UNDONE = "booking.rescheduled", "booking.reassigned", "booking.undone"


class Drag(msgspec.Struct, frozen=True, kw_only=True):
    """Where staff, or the hub itself, put a visit: another start, other people, or both."""

    starts_at: datetime | None = None
    """None: as it is."""
    team: tuple[str, ...] = ()
    """Who shall come, the lead first; none: who comes now."""
    reason: str = ""
    override: bool = False
    """Whether it shall be so whatever is in the way; then there is a reason."""
    by_hub: bool = False
    """The hub keeps what was promised where it can, tells of no small moves, and nobody takes its moves back."""


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
    db: Database,
    booking_id: str,
    to: Slot | Drag,
    *,
    actor: str,
    now: datetime,
    portal_id: str | None,
    roads: TravelMatrix | None = None,
) -> MoveOutcome:
    """Give a scheduled booking of this portal (None: of any) the slot's time, or what staff say.

    Booking, reservations, event and message commit together.
    """
    known = await _find(db, booking_id, portal_id)
    if known is None:
        return UnknownBooking(booking_id)
    if isinstance(to, Slot) and (to.portal_id, to.service_type_id) != (known.wanted.portal_id, known.service.id):
        return OtherService()
    ahead = _moved(known, to, now)
    likely = (await look_ahead(db, roads, ahead.asked, now)).likely if ahead else ()
    placed: Placed | InTheWay = InTheWay()
    with reservations.unless_overlapping():
        async with db.write() as tx:
            booking = await _lock(tx, booking_id)
            if booking.status is not BookingStatus.SCHEDULED:
                return NotNow(booking.status)
            place = _moved(msgspec.structs.replace(known, booking=booking), to, now)
            if place is None:
                return Moved(booking_id)  # a second press must not take the first one's undo away
            asked = msgspec.structs.replace(place.asked, likely=likely)
            placed = await place_booking(tx, msgspec.structs.replace(place, actor=actor, asked=asked), now)
    if isinstance(placed, Placed):
        return Moved(booking_id)
    if isinstance(to, Drag):
        return placed
    return SlotTaken(await find_others(db, known.wanted, to.visit.starts_at, now, roads=roads))


async def undo_change(
    db: Database,
    booking_id: str,
    *,
    actor: str,
    now: datetime,
    portal_id: str | None,
    roads: TravelMatrix | None = None,
) -> Moved | SlotTaken | NotNow | UnknownBooking:
    """Take the last reschedule or cancel back, for a while, if its old time is still free."""
    known = await _find(db, booking_id, portal_id)
    if known is None:
        return UnknownBooking(booking_id)
    undo = known.booking.undo
    if undo is None:
        return NotNow(known.booking.status)
    old = undo.time
    asked = Asked(wanted=known.wanted, visit=old.visit, prefer=old.team, booking_id=booking_id)
    asked = await look_ahead(db, roads, asked, now)
    placed: Placed | InTheWay = InTheWay()
    with reservations.unless_overlapping():
        async with db.write() as tx:
            booking = await _lock(tx, booking_id)
            if booking.undo != undo or now >= undo.until or not _may_be_undone(booking):
                return NotNow(booking.status)
            place = Placement(
                asked=asked, window=old.window, of=booking, event=UNDONE, actor=actor, tells=MessageKind.UNDONE
            )
            placed = await place_booking(tx, place, now)
    if isinstance(placed, Placed):
        return Moved(booking_id)
    return SlotTaken(await find_others(db, known.wanted, old.visit.starts_at, now, roads=roads))


def _may_be_undone(booking: Booking) -> bool:
    return booking.status in (BookingStatus.SCHEDULED, BookingStatus.CANCELED)


async def _find(db: Database, booking_id: str, portal_id: str | None) -> _Known | None:
    async with db.read() as tx:
        found = await bookings.get(tx, booking_id)
        if found is None or portal_id not in (None, found.portal_id):
            return None
        location = await accounts.get_location(tx, found.portal_id, found.location_id)
        service = await service_types.get_service_type(tx, found.service_type_id)
        if location is None or service is None:
            raise RuntimeError(f"location or service of booking {found.id} is gone")
        return _Known(found, await wanted_by_booking(tx, found), service, ZoneInfo(location.time_zone))


async def _lock(tx: AsyncConnection, booking_id: str) -> Booking:
    """Lock the booking; resources come after it, in the order in which all changes lock."""
    booking = await bookings.get_for_update(tx, booking_id)
    if booking is None:
        raise RuntimeError(f"booking {booking_id} is gone; bookings are never deleted")
    return booking


class _Known(msgspec.Struct, frozen=True):
    """A booking with what its moves depend on."""

    booking: Booking
    wanted: Wanted
    service: ServiceType
    zone: ZoneInfo
    """The customer's."""


def _moved(known: _Known, to: Slot | Drag, now: datetime) -> Placement | None:
    """Tell what a move asks for; None where the visit is there already."""
    return _to_slot(known, to, now) if isinstance(to, Slot) else _dragged(known, to, now)


def _to_slot(known: _Known, slot: Slot, now: datetime) -> Placement | None:
    """Move to a slot, with whom it had if they can."""
    booking = known.booking
    if slot.visit == booking.time.visit:
        return None
    asked = Asked(wanted=known.wanted, visit=slot.visit, prefer=booking.resources, booking_id=booking.id)
    return Placement(
        asked=asked,
        window=slot.window,
        of=booking,
        event=RESCHEDULED,
        tells=MessageKind.RESCHEDULED,
        undo=Undo(until=now + UNDO_FOR, time=booking.time),
    )


def _dragged(known: _Known, drag: Drag, now: datetime) -> Placement | None:
    """Move to where somebody put it; what keeps its start keeps its promise, and the customer need not be told."""
    booking = known.booking
    starts_at = drag.starts_at or booking.starts_at
    visit, team = Interval(starts_at, starts_at + (booking.ends_at - booking.starts_at)), drag.team or booking.resources
    moved = visit != booking.time.visit
    if not moved and team[0] == booking.resource_id and set(team) == set(booking.resources):
        return None
    window = booking.time.window
    if moved and not (drag.by_hub and window.starts_at <= starts_at < window.ends_at):
        window = promised_window(known.service, starts_at, known.zone)
    override = drag.reason if drag.override else None
    told = is_told_of_move(booking.starts_at, starts_at, known.zone, by_hub=drag.by_hub)
    undo = Undo(until=now + UNDO_FOR, time=booking.time) if moved and not drag.by_hub else None
    return Placement(
        asked=Asked(wanted=known.wanted, visit=visit, team=team, override=override, booking_id=booking.id),
        window=window,
        of=booking,
        event=RESCHEDULED if moved else REASSIGNED,
        tells=MessageKind.RESCHEDULED if told else None,
        undo=undo if moved else booking.undo,
        reason=drag.reason,
    )
