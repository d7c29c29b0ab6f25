"""The statuses of a work order, which follow its bookings'."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from hub.domain.booking_status import BookingStatus


class WorkOrderStatus(StrEnum):
    """Where a work order stands."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    UNSCHEDULED = "unscheduled"
    CANCELED = "canceled"


_UNDER_WAY = frozenset({BookingStatus.TRAVELING, BookingStatus.IN_PROGRESS, BookingStatus.ON_BREAK})


def work_order_after(
    status: BookingStatus, others: Collection[BookingStatus] = (), *, unfinished: bool = False
) -> WorkOrderStatus:
    """Tell where a work order stands once one of its bookings has `status`; `others` are those of the other ones.

    What is under way or still to come decides. `unfinished` says that a completed booking left work to be booked again;
    so does one that is canceled after others were completed.
    """
    every = {status, *others}
    if every & _UNDER_WAY:
        return WorkOrderStatus.IN_PROGRESS
    if BookingStatus.SCHEDULED in every:
        return WorkOrderStatus.SCHEDULED
    if BookingStatus.COMPLETED not in every:
        return WorkOrderStatus.CANCELED
    left = status is BookingStatus.CANCELED or unfinished
    return WorkOrderStatus.UNSCHEDULED if left else WorkOrderStatus.COMPLETED
