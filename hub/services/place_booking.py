"""Take somebody's time for a visit, and give it back: the one way for holds, bookings and all their changes.

Whoever takes time locks all resources that it touches, in one order, looks again with the same pure function that made
the offer, and writes; the database's rule against overlaps stands behind it (docs/decisions/0030).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.messages import MessageKind
from hub.domain.planned_time import PlannedTime, Undo
from hub.domain.work_order import work_order_after
from hub.services.choose_team import Asked, InTheWay, Part, Team, choose_team
from hub.services.renew_ways import renew_ways
from hub.services.scene import Wanted
from hub.services.tell_contact import tell_contact
from hub.store import accounts, booking_resources, bookings, events, reservations, work_orders
from hub.store.booking_resources import BookingResource
from hub.store.bookings import Booking, NewBooking
from hub.store.ids import new_id
from hub.store.reservations import Reservation


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that is to have a time: a new one of a work order, or a known one that this transaction has locked."""

    asked: Asked
    window: Interval
    """What the customer is promised."""
    of: Booking | str
    """The known booking, or the work order of a new one."""
    event: str
    actor: str = ""
    tells: MessageKind | None = None
    """What the contact is told, if anything."""
    undo: Undo | None = None
    """What the change can be taken back to."""
    reason: str = ""
    """Why, if anybody said."""


class Placed(msgspec.Struct, frozen=True):
    """It has its time."""

    booking_id: str
    team: Team


async def place_booking(tx: AsyncConnection, place: Placement, now: datetime) -> Placed | InTheWay:
    """Give a booking its time: its rows, reservations, event and message. Nothing is written where it cannot be kept.

    Whoever calls has locked the booking before, or the work order of a new one. A time that the database refuses
    nevertheless rolls all back (`reservations.unless_overlapping`).
    """
    team = await choose_team(tx, place.asked, now)
    if isinstance(team, InTheWay):
        return team
    known = place.of if isinstance(place.of, Booking) else None
    booking = known or _new_booking(place, team, now)
    if known is None:
        await bookings.insert_bookings(tx, [booking])

    def keep(part: Part) -> Reservation:
        return reservations.of_booking(booking.id, part.resource_id, part.protected, override_reason=part.override)

    given_up = await keep_time(tx, place.asked, team, keep)
    if given_up is None:
        return InTheWay()
    await _record_team(tx, booking.id, team)
    if known is not None:
        time = PlannedTime(
            resource_id=team.lead_id, visit=place.asked.visit, window=place.window, others=tuple(team.resource_ids[1:])
        )
        await bookings.set_time(tx, known, time, undo=place.undo, now=now)
    await renew_ways(tx, place.asked.wanted, given_up, now)  # which read where the booking is now
    await follow_with_work_order(tx, booking, BookingStatus.SCHEDULED)
    if place.tells:
        await tell_contact(tx, booking.id, place.tells, now=now, was=known.time if known else None)
    await events.append(
        tx,
        portal_id=place.asked.wanted.portal_id,
        at=now,
        kind=place.event,
        booking_id=booking.id,
        actor=place.actor,
        data=_told(place, team, known),
    )
    return Placed(booking.id, team)


async def keep_time(
    tx: AsyncConnection, asked: Asked, team: Team, keep: Callable[[Part], Reservation]
) -> list[Reservation] | None:
    """Reserve the time of a team that was chosen, in place of the one that is given up; `keep` says how.

    Tells what was given up, whose `renew_ways` is up to the caller; None where the hold has become another booking.
    """
    given_up = [row for holder_id in asked.gives_up for row in await reservations.remove(tx, holder_id)]
    if asked.hold_id and not any(row.hold_id for row in given_up):
        return None
    for renewal in (part.renews for part in team.parts if part.renews):
        await reservations.protect_from(tx, renewal.reservation_id, renewal.protected_from)
    await reservations.insert(tx, *(keep(part) for part in team.parts))
    return given_up


async def give_back(tx: AsyncConnection, wanted: Wanted, holder_id: str, now: datetime) -> bool:
    """Free the time of a booking or hold; tell whether it had any."""
    ids = [row.resource_id for row in await reservations.of_holder(tx, holder_id)]
    await reservations.lock_resources(tx, ids)
    gone = await reservations.remove(tx, holder_id)
    await renew_ways(tx, wanted, [*gone, *await reservations.forget_expired(tx, ids, now)], now)
    return bool(gone)


async def wanted_by_booking(tx: AsyncConnection, booking: Booking) -> Wanted:
    """Tell what a booking is for, and where."""
    location = await accounts.get_location(tx, booking.portal_id, booking.location_id)
    if location is None:
        raise RuntimeError(f"the location of booking {booking.id} is gone")
    return Wanted(
        portal_id=booking.portal_id,
        service_type_id=booking.service_type_id,
        place=Point(location.lat, location.lon),
        location_id=location.id,
        booking_id=booking.id,
    )


async def follow_with_work_order(
    tx: AsyncConnection, booking: NewBooking, status: BookingStatus, *, unfinished: bool = False
) -> None:
    """Let the work order follow a booking of it that has `status` from now on."""
    others = await bookings.other_statuses(tx, booking.work_order_id, booking.id)
    await work_orders.set_status(tx, booking.work_order_id, work_order_after(status, others, unfinished=unfinished))


def _new_booking(place: Placement, team: Team, now: datetime) -> NewBooking:
    assert isinstance(place.of, str)  # noqa: S101 - a known booking is no new one
    return NewBooking(
        id=new_id("bk"),
        work_order_id=place.of,
        resource_id=team.lead_id,
        status=BookingStatus.SCHEDULED,
        starts_at=place.asked.visit.starts_at,
        ends_at=place.asked.visit.ends_at,
        window_earliest=place.window.starts_at,
        window_latest=place.window.ends_at,
        created_at=now,
        updated_at=now,
    )


async def _record_team(tx: AsyncConnection, booking_id: str, team: Team) -> None:
    rows = [
        BookingResource(booking_id=booking_id, resource_id=part.resource_id, role_id=part.role_id)
        for part in team.parts
    ]
    await booking_resources.replace(tx, booking_id, rows)


def _told(place: Placement, team: Team, known: Booking | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "starts_at": place.asked.visit.starts_at.isoformat(),
        "resource": team.lead_id,
        "resources": team.resource_ids,
    }
    if known is not None:
        told |= {"was_starts_at": known.starts_at.isoformat(), "was_resource": known.resource_id}
        told |= {"was_resources": list(known.resources)}
    if place.reason:
        told |= {"reason": place.reason, "override": any(part.override for part in team.parts)}
    return told
