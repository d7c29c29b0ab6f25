"""Write down that a booking's contact must be told, in the transaction of the change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.messages import MessageKind
from hub.domain.planned_time import PlannedTime
from hub.store import bookings, outbox


async def tell_contact(
    tx: AsyncConnection, booking_id: str, kind: MessageKind, *, now: datetime, was: PlannedTime | None = None
) -> None:
    """Append a message about the booking as it is now in `tx`; `was` is the time that it replaces, if it changed."""
    booking = await bookings.get(tx, booking_id)
    if booking is None:
        raise RuntimeError(f"booking {booking_id} is not there although this transaction changed it")
    facts = outbox.MessageFacts(
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        window_earliest=booking.window_earliest,
        window_latest=booking.window_latest,
        sequence=booking.sequence,
        canceled=booking.status is BookingStatus.CANCELED,
        was_earliest=was.window.starts_at if was else None,
        was_latest=was.window.ends_at if was else None,
    )
    await outbox.append(
        tx,
        portal_id=booking.portal_id,
        booking_id=booking_id,
        contact_id=booking.contact_id,
        kind=kind,
        facts=facts,
        now=now,
    )
