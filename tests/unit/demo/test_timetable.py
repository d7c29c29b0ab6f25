"""Legs of a technician's day, and what is due when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.demo.anchor import status_due
from hub.demo.clerk import reports_due
from hub.demo.timetable import Day, Stop, legs_of
from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
BASE = Point(60.17, 24.94)
S = BookingStatus


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def stop(name: str, starts: float, ends: float, status: BookingStatus = S.SCHEDULED) -> Stop:
    place = Point(60.17, 24.94 + starts / 1000)
    return Stop(booking_id=name, place=place, starts_at=at(starts), ends_at=at(ends), status=status)


STOPS = [stop("a", 5, 8), stop("b", 13, 16)]
DAY = Day("re", BASE, legs_of(BASE, START, STOPS, knows_first=True))


def test_each_drive_begins_where_and_when_the_visit_before_it_ends() -> None:
    first, second = DAY.legs
    assert (first.start, first.departs_at, first.arrives_at, first.finishes_at) == (BASE, START, at(5), at(8))
    assert (second.start, second.departs_at, second.arrives_at) == (STOPS[0].place, at(8), at(13))


def test_the_origin_of_the_first_known_stop_may_be_unknown() -> None:
    (only,) = legs_of(BASE, START, STOPS, knows_first=False)
    assert (only.booking_id, only.start) == ("b", STOPS[0].place)


def test_a_visit_that_overlaps_the_one_before_is_not_driven_to() -> None:
    legs = legs_of(BASE, START, [*STOPS, stop("c", 14, 20)], knows_first=True)
    assert [leg.booking_id for leg in legs] == ["a", "b"]


def test_the_leg_at_a_moment_is_the_one_begun_last() -> None:
    assert DAY.leg_at(at(-1)) is None
    assert DAY.leg_at(START) is DAY.legs[0]
    assert DAY.leg_at(at(7.9)) is DAY.legs[0]
    assert DAY.leg_at(at(8)) is DAY.legs[1]
    assert DAY.leg_at(at(600)) is DAY.legs[1]


@pytest.mark.parametrize(
    ("minutes", "due"),
    [(-1, S.SCHEDULED), (0, S.TRAVELING), (4.9, S.TRAVELING), (5, S.IN_PROGRESS), (8, S.COMPLETED)],
)
def test_a_status_is_due_from_its_moment_on(minutes: float, due: BookingStatus) -> None:
    assert status_due(START, at(5), at(8), at(minutes)) is due


def reported(minutes: float, known: dict[str, BookingStatus] | None = None) -> list[tuple[str, BookingStatus]]:
    return [(report.booking_id, report.status) for report in reports_due([DAY], known or {}, at(minutes))]


def test_before_the_day_nothing_is_reported() -> None:
    assert reported(-1) == []


def test_catching_up_takes_every_step_in_order() -> None:
    assert reported(14) == [
        ("a", S.TRAVELING),
        ("a", S.IN_PROGRESS),
        ("a", S.COMPLETED),
        ("b", S.TRAVELING),
        ("b", S.IN_PROGRESS),
    ]


def test_what_was_reported_is_not_reported_again() -> None:
    assert reported(9, {"a": S.IN_PROGRESS}) == [("a", S.COMPLETED), ("b", S.TRAVELING)]
    assert reported(9, {"a": S.COMPLETED, "b": S.TRAVELING}) == []


def test_a_canceled_visit_is_left_alone() -> None:
    assert reported(14, {"a": S.CANCELED, "b": S.CANCELED}) == []


def test_a_visit_that_a_person_is_ahead_with_is_left_alone_until_its_time() -> None:
    assert reported(2, {"a": S.IN_PROGRESS}) == []


def test_a_break_ends_with_the_visit() -> None:
    assert reported(7, {"a": S.ON_BREAK}) == []
    assert reported(8, {"a": S.ON_BREAK, "b": S.TRAVELING}) == [("a", S.COMPLETED)]
