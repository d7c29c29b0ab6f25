"""Change a booking's status."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import NEXT, BookingStatus, may_follow
from hub.domain.messages import FOR_STATUS
from hub.domain.planned_time import Undo
from hub.domain.policies import UNDO_FOR
from hub.services.outcomes import UnknownBooking
from hub.services.place_booking import follow_with_work_order, give_back, wanted_by_booking
from hub.services.tell_contact import tell_contact
from hub.store import bookings, crossings, events
from hub.store.bookings import Booking, Times
from hub.store.crossings import OpenArrival
from hub.store.database import Database

CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far ahead of the server's clock a reported time may be; the same as for pings."""

EVENT_KIND = "booking.status_changed"


class StatusChanged(msgspec.Struct, frozen=True, kw_only=True):
    """It was changed and the event written."""

    booking_id: str
    portal_id: str
    resource_id: str
    previous: BookingStatus
    status: BookingStatus
    at: datetime
    version: int
    event_id: str


class StatusUnchanged(msgspec.Struct, frozen=True, kw_only=True):
    """It had this status already; nothing was written."""

    booking_id: str
    status: BookingStatus
    version: int


class StatusRefused(msgspec.Struct, frozen=True, kw_only=True):
    """The wanted status can't follow the current one."""

    current: BookingStatus
    allowed: tuple[BookingStatus, ...]


class TimeInFuture(msgspec.Struct, frozen=True, kw_only=True):
    """The reported time lies too far ahead; `latest` would have been accepted."""

    latest: datetime


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    status: BookingStatus
    unfinished: bool
    at: datetime
    now: datetime
    actor: str
    reason: str


StatusOutcome = StatusChanged | StatusUnchanged | StatusRefused | TimeInFuture | UnknownBooking


async def change_status(
    db: Database,
    booking_id: str,
    wanted: BookingStatus,
    *,
    at: datetime | None = None,
    actor: str,
    now: datetime,
    portal_id: str | None,
    unfinished: bool = False,
    reason: str = "",
    arrival: OpenArrival | None = None,
) -> StatusOutcome:
    """Change the status of a booking of this portal (None: of any portal, for the operator).

    `at` is when it really happened (default `now`); it sets the actual times, never moves the planned ones.
    `unfinished` leaves the work order of a completed booking to be booked again. `reason` is why it is canceled; a
    canceled booking frees its technician's time, and can be taken back for a while. With an `arrival` nothing changes
    unless that is still open; it is not afterwards. All rows, the event and the message commit together.
    """
    if at is not None and at > now + CLOCK_TOLERANCE:
        return TimeInFuture(latest=now + CLOCK_TOLERANCE)
    change = _Change(
        status=wanted,
        unfinished=unfinished,
        at=at or now,
        now=now,
        actor=actor,
        reason=reason,
    )
    async with db.write() as tx:
        booking = await bookings.get_for_update(tx, booking_id)
        if booking is None or portal_id not in (None, booking.portal_id):
            return UnknownBooking(booking_id)
        if booking.status is wanted:
            return StatusUnchanged(booking_id=booking_id, status=wanted, version=booking.version)
        believed = arrival is None or await crossings.believe(tx, arrival, now)
        if not believed or not may_follow(booking.status, wanted):
            return StatusRefused(current=booking.status, allowed=NEXT[booking.status])
        event_id = await _write(tx, booking, change)
    return StatusChanged(
        booking_id=booking_id,
        portal_id=booking.portal_id,
        resource_id=booking.resource_id,
        previous=booking.status,
        status=wanted,
        at=change.at,
        version=booking.version + 1,
        event_id=event_id,
    )


async def _write(tx: AsyncConnection, booking: Booking, change: _Change) -> str:
    canceled = change.status is BookingStatus.CANCELED
    undo = Undo(until=change.now + UNDO_FOR, time=booking.time) if canceled else None
    times = _actual_times(booking, change.status, change.at)
    await bookings.set_status(tx, booking, status=change.status, times=times, undo=undo, now=change.now)
    await follow_with_work_order(tx, booking, change.status, unfinished=change.unfinished)
    if canceled:
        await give_back(tx, await wanted_by_booking(tx, booking), booking.id, change.now)
    if kind := FOR_STATUS.get(change.status):
        await tell_contact(tx, booking.id, kind, now=change.now)
    data = {"from": booking.status, "to": change.status, "at": change.at.isoformat()}
    if change.reason:
        data["reason"] = change.reason
    return await events.append(
        tx,
        portal_id=booking.portal_id,
        at=change.now,
        kind=EVENT_KIND,
        booking_id=booking.id,
        actor=change.actor,
        data=data,
    )


def _actual_times(booking: Booking, status: BookingStatus, at: datetime) -> Times:
    traveling_at, arrived_at = booking.traveling_at, booking.arrived_at
    if status is BookingStatus.TRAVELING:
        traveling_at = at
    elif status is BookingStatus.SCHEDULED:
        traveling_at = None  # turned back: the next journey counts
    elif status is BookingStatus.IN_PROGRESS and arrived_at is None:
        arrived_at = at  # the end of a break is no second arrival
    completed_at = at if status is BookingStatus.COMPLETED else None
    return Times(traveling_at=traveling_at, arrived_at=arrived_at, completed_at=completed_at)
