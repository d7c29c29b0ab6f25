"""What visits before this one add to its arrival."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.stops import NO_STOPS, Stop, StopsBefore, stops_before
from tests.builders import NOW

A, B = Point(60.17, 24.94), Point(60.18, 24.95)
HALF_AN_HOUR = timedelta(minutes=30)


def stop(status: str = "scheduled", *, place: Point = A, arrived_at: datetime | None = None) -> Stop:
    """Plan half an hour of work, beginning ten minutes ago."""
    starts_at = NOW - timedelta(minutes=10)
    return Stop(
        status=BookingStatus(status),
        starts_at=starts_at,
        ends_at=starts_at + HALF_AN_HOUR,
        arrived_at=arrived_at,
        place=place,
    )


def test_without_stops_nothing_is_added() -> None:
    assert stops_before([]) == NO_STOPS
    assert NO_STOPS.left_s(NOW) == 0


def test_each_stop_to_come_is_driven_to_in_order_and_worked_at_as_long_as_planned() -> None:
    before = stops_before([stop(place=B), stop("traveling", place=A)])

    assert before == StopsBefore(via=(B, A), service_s=3_600)
    assert before.left_s(NOW + timedelta(hours=1)) == 3_600


@pytest.mark.parametrize("status", ["in_progress", "on_break"])
def test_work_that_has_begun_takes_what_is_left_of_its_plan(status: str) -> None:
    before = stops_before([stop(status, arrived_at=NOW - timedelta(minutes=5))])

    assert before.via == ()
    assert before.left_s(NOW) == 25 * 60
    assert before.left_s(NOW + timedelta(minutes=20)) == 5 * 60
    assert before.left_s(NOW + timedelta(hours=2)) == 0


def test_work_without_a_known_arrival_counts_from_its_planned_start() -> None:
    assert stops_before([stop("in_progress")]).left_s(NOW) == 20 * 60


def test_work_begun_at_two_places_is_done_when_the_later_one_is() -> None:
    both = [stop("in_progress", arrived_at=NOW), stop("on_break"), stop(place=B)]
    assert stops_before(both).left_s(NOW) == 60 * 60
