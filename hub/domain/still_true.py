"""Whether a message that waited is still worth telling."""

from __future__ import annotations

from datetime import datetime

from hub.domain.booking_status import BookingStatus
from hub.domain.messages import MessageKind

ABOUT_TIME = frozenset({MessageKind.BOOKED, MessageKind.RESCHEDULED, MessageKind.CANCELED, MessageKind.UNDONE})
"""Messages that fix or free a time; they carry a calendar entry."""


def reason_to_skip(
    kind: MessageKind, *, ends_at: datetime, status: BookingStatus, newer_sent: bool, now: datetime
) -> str | None:
    """Say in a few words why a message is no longer true, None where it is.

    `ends_at` is when the visit that it tells of ends, `status` the booking's now, and `newer_sent` whether the contact
    has already been told a newer time.
    """
    if kind is MessageKind.ON_THE_WAY and status is not BookingStatus.TRAVELING:
        return "nobody is on the way any more"
    if kind in ABOUT_TIME and newer_sent:
        return "a newer message about the time was sent before"
    if kind in ABOUT_TIME and ends_at <= now:
        return "the visit it tells of is over"
    return None
