"""Make all moves of a plan inside one transaction, or find the first that cannot be made."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.intervals import Interval
from hub.domain.messages import MessageKind
from hub.domain.policies import is_told_of_move
from hub.services.choose_team import Asked
from hub.services.place_booking import Placed, Placement, give_back, place_booking, wanted_by_booking
from hub.services.read_day import PlannedDay, read_day
from hub.store import bookings, reservations
from hub.store.bookings import Booking
from hub.store.day_plans import KeptPlan, PlanMove

REPLANNED = "booking.replanned"
"""The kind of event that each move leaves."""


class DayChanged(msgspec.Struct, frozen=True):
    """The day is no longer the one that was planned: nothing was moved."""

    booking_id: str | None = None
    """The first visit that cannot be moved as planned."""


class UnknownPlan(msgspec.Struct, frozen=True):
    """There is no such proposal, or it was decided on."""


class Applied(msgspec.Struct, frozen=True):
    """All moves were made."""

    plan: KeptPlan
    booking_ids: tuple[str, ...]


class RefusedError(Exception):
    """One of the moves cannot be made, so none is; names the visit."""


async def move_all(tx: AsyncConnection, plan: KeptPlan, actor: str, now: datetime) -> None:
    """Take all visits' old time back, then give each its new one: two may change places."""
    planned = await read_day(tx, plan.portal_id, date.fromisoformat(plan.day), now)
    known: dict[str, Booking] = {}
    for move in sorted(plan.moves, key=lambda one: one.booking_id):
        booking = await bookings.get_for_update(tx, move.booking_id)
        if booking is None or not _is_as_planned(booking, move, planned, now):
            raise RefusedError(move.booking_id)
        known[booking.id] = booking
    wanted = {id_: await wanted_by_booking(tx, booking) for id_, booking in known.items()}
    theirs = [id_ for move in plan.moves for id_ in (move.resource_id, move.was_resource_id)]
    await reservations.lock_resources(tx, theirs)
    for id_ in known:
        await give_back(tx, wanted[id_], id_, now)
    for move in sorted(plan.moves, key=lambda one: (one.starts_at, one.booking_id)):
        booking = known[move.booking_id]
        visit = Interval(move.starts_at, move.starts_at + (booking.ends_at - booking.starts_at))
        told = is_told_of_move(booking.starts_at, move.starts_at, planned.zone, by_hub=True)
        placed = await place_booking(
            tx,
            Placement(
                asked=Asked(wanted=wanted[booking.id], visit=visit, team=(move.resource_id,), booking_id=booking.id),
                window=booking.time.window,
                of=booking,
                event=REPLANNED,
                actor=actor,
                tells=MessageKind.RESCHEDULED if told else None,
                reason=_reason(plan),
            ),
            now,
        )
        if not isinstance(placed, Placed):
            raise RefusedError(booking.id)


def _is_as_planned(booking: Booking, move: PlanMove, planned: PlannedDay, now: datetime) -> bool:
    """Tell whether a visit is as it was, and may still be moved to whom it shall be."""
    visit = next((one for one in planned.visits if one.id == booking.id), None)
    return (
        booking.version == move.version
        and booking.status is BookingStatus.SCHEDULED
        and min(booking.starts_at, move.starts_at) > now
        and visit is not None
        and move.resource_id in visit.job.able
        and booking.window_earliest <= move.starts_at < booking.window_latest
    )


def _reason(plan: KeptPlan) -> str:
    minutes = round(plan.saved_s / 60)
    return f"plan {plan.id} of {plan.day}: {minutes} min less travel for all"
