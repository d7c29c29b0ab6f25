"""The statuses of a work order, which follow its booking's."""

from __future__ import annotations

from enum import StrEnum

from hub.domain.booking_status import BookingStatus


class WorkOrderStatus(StrEnum):
    """Where a work order stands."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    UNSCHEDULED = "unscheduled"
    CANCELED = "canceled"


_FOLLOWS: dict[BookingStatus, WorkOrderStatus] = {
    BookingStatus.SCHEDULED: WorkOrderStatus.SCHEDULED,
    BookingStatus.TRAVELING: WorkOrderStatus.IN_PROGRESS,
    BookingStatus.IN_PROGRESS: WorkOrderStatus.IN_PROGRESS,
    BookingStatus.ON_BREAK: WorkOrderStatus.IN_PROGRESS,
    BookingStatus.COMPLETED: WorkOrderStatus.COMPLETED,
    BookingStatus.CANCELED: WorkOrderStatus.CANCELED,
}


def work_order_after(status: BookingStatus, *, unfinished: bool = False) -> WorkOrderStatus:
    """Tell where the work order stands once its booking has `status`.

    `unfinished` says that a completed booking left work to be booked again; other statuses ignore it.
    """
    if unfinished and status is BookingStatus.COMPLETED:
        return WorkOrderStatus.UNSCHEDULED
    return _FOLLOWS[status]
