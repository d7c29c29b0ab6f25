"""Say how a visit was, once it is done."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.services.outcomes import UnknownBooking
from hub.services.reschedule_visit import NotNow
from hub.store import bookings, events, feedback
from hub.store.database import Database

EVENT_KIND = "booking.feedback"


class Thanked(msgspec.Struct, frozen=True):
    """It is stored."""

    booking_id: str


async def leave_feedback(
    db: Database, booking_id: str, rating: int, comment: str, *, actor: str, now: datetime
) -> Thanked | NotNow | UnknownBooking:
    """Store a rating (1 to 5) and a comment on a completed booking, in place of an earlier one."""
    async with db.write() as tx:
        booking = await bookings.get_for_update(tx, booking_id)
        if booking is None:
            return UnknownBooking(booking_id)
        if booking.status is not BookingStatus.COMPLETED:
            return NotNow(booking.status)
        given = feedback.Feedback(booking_id=booking_id, rating=rating, comment=comment, created_at=now, updated_at=now)
        await feedback.put(tx, given)
        await events.append(
            tx,
            portal_id=booking.portal_id,
            at=now,
            kind=EVENT_KIND,
            booking_id=booking_id,
            actor=actor,
            data={"rating": rating},
        )
    return Thanked(booking_id)
