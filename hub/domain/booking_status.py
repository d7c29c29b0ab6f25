"""The statuses of a booking and the ways between them."""

from __future__ import annotations

from enum import StrEnum


class BookingStatus(StrEnum):
    """Where a booking stands."""

    SCHEDULED = "scheduled"
    TRAVELING = "traveling"
    IN_PROGRESS = "in_progress"
    ON_BREAK = "on_break"
    COMPLETED = "completed"
    CANCELED = "canceled"


_S = BookingStatus

NEXT: dict[BookingStatus, tuple[BookingStatus, ...]] = {
    _S.SCHEDULED: (_S.TRAVELING, _S.IN_PROGRESS, _S.CANCELED),
    _S.TRAVELING: (_S.IN_PROGRESS, _S.SCHEDULED, _S.CANCELED),
    _S.IN_PROGRESS: (_S.ON_BREAK, _S.COMPLETED),
    _S.ON_BREAK: (_S.IN_PROGRESS, _S.COMPLETED),
    _S.CANCELED: (),  # back to scheduled by undo only
    _S.COMPLETED: (),
}
"""Which statuses may follow which, by a status change (contract, "Booking")."""

ENDED = frozenset({_S.COMPLETED, _S.CANCELED})
"""Statuses after which nothing more is expected of the technician."""


def may_follow(current: BookingStatus, wanted: BookingStatus) -> bool:
    """Tell whether a status change from `current` to `wanted` is allowed; the same status again always is."""
    return wanted == current or wanted in NEXT[current]
