"""Which change tells whom what: one table."""

from __future__ import annotations

from enum import StrEnum

from hub.domain.booking_status import BookingStatus


class MessageKind(StrEnum):
    """What a message says."""

    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    CANCELED = "canceled"
    UNDONE = "undone"
    ON_THE_WAY = "on_the_way"
    COMPLETED = "completed"


class MessageState(StrEnum):
    """How far a message has got."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """Nobody will try again: the address is refused, or it took too long."""
    SKIPPED = "skipped"
    """Not to be sent, since it is no longer true or there is nobody to tell."""


FOR_STATUS: dict[BookingStatus, MessageKind] = {
    BookingStatus.TRAVELING: MessageKind.ON_THE_WAY,
    BookingStatus.COMPLETED: MessageKind.COMPLETED,
    BookingStatus.CANCELED: MessageKind.CANCELED,
}
"""What a change to this status tells the contact; other statuses tell nothing."""
