"""Let work orders follow their bookings."""

from __future__ import annotations

import pytest

from hub.domain.booking_status import BookingStatus
from hub.domain.work_order import WorkOrderStatus, work_order_after

S, W = BookingStatus, WorkOrderStatus


@pytest.mark.parametrize(
    ("booking", "expected"),
    [
        (S.SCHEDULED, W.SCHEDULED),
        (S.TRAVELING, W.IN_PROGRESS),
        (S.IN_PROGRESS, W.IN_PROGRESS),
        (S.ON_BREAK, W.IN_PROGRESS),
        (S.COMPLETED, W.COMPLETED),
        (S.CANCELED, W.CANCELED),
    ],
)
def test_a_work_order_follows_its_booking(booking: BookingStatus, expected: WorkOrderStatus) -> None:
    assert work_order_after(booking) is expected


@pytest.mark.parametrize("status", list(BookingStatus))
def test_unfinished_matters_only_once_completed(status: BookingStatus) -> None:
    expected = W.UNSCHEDULED if status is S.COMPLETED else work_order_after(status)

    assert work_order_after(status, unfinished=True) is expected


@pytest.mark.parametrize(
    ("booking", "others", "expected"),
    [
        (S.CANCELED, (S.SCHEDULED,), W.SCHEDULED),
        (S.COMPLETED, (S.SCHEDULED, S.CANCELED), W.SCHEDULED),
        (S.COMPLETED, (S.ON_BREAK,), W.IN_PROGRESS),
        (S.SCHEDULED, (S.COMPLETED,), W.SCHEDULED),
        (S.COMPLETED, (S.COMPLETED, S.CANCELED), W.COMPLETED),
        (S.CANCELED, (S.CANCELED,), W.CANCELED),
        (S.CANCELED, (S.COMPLETED,), W.UNSCHEDULED),  # the follow-up will not come: somebody must decide
    ],
)
def test_of_several_visits_the_ones_to_come_decide(
    booking: BookingStatus, others: tuple[BookingStatus, ...], expected: WorkOrderStatus
) -> None:
    assert work_order_after(booking, others) is expected
