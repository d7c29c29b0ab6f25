"""A delay passes on to later visits, as far as the gaps between them do not absorb it."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as some

from hub.domain.booking_status import BookingStatus
from hub.domain.day_forecast import OVERRUN_S, DayStop, Expected, From, differs, forecast

S = BookingStatus
MIN = 60.0
BASE = From(0, 0.0)


def way(a: int, b: int) -> float:
    return abs(a - b) * MIN


def stop(id_: str, starts_min: float, place: int = 0, *, status: BookingStatus = S.SCHEDULED, **more: float) -> DayStop:
    starts_s = starts_min * MIN
    return DayStop(
        id=id_,
        status=status,
        place=place,
        starts_s=starts_s,
        ends_s=starts_s + 30 * MIN,
        buffer_s=0.0,
        promised_s=starts_s + 60 * MIN,
        **more,
    )


def minutes(expected: list[Expected]) -> list[tuple[str, float]]:
    return [(one.id, one.at_s / MIN) for one in expected]


def test_a_day_in_time_is_expected_as_it_is_planned() -> None:
    assert minutes(forecast([stop("a", 60, 10), stop("b", 120, 20)], BASE, way, 0)) == [("a", 60), ("b", 120)]


def test_who_has_not_set_off_in_time_comes_as_soon_as_the_way_allows() -> None:
    (expected,) = forecast([stop("a", 60, 20)], BASE, way, 55 * MIN)

    assert expected.at_s == 75 * MIN
    assert expected.late_s == -45 * MIN
    assert not expected.misses_promise


def test_the_live_arrival_carries_the_rest_of_the_day() -> None:
    travels = stop("a", 60, 10, status=S.TRAVELING, eta_s=125 * MIN, eta_latest_s=130 * MIN)

    now, later = forecast([travels, stop("b", 100, 20)], BASE, way, 70 * MIN)

    assert (now.at_s, now.latest_s, now.late_s) == (125 * MIN, 130 * MIN, 5 * MIN)
    assert later.at_s == (125 + 30 + 10) * MIN
    assert later.late_s == 5 * MIN


def test_a_gap_absorbs_a_delay() -> None:
    travels = stop("a", 60, 10, status=S.TRAVELING, eta_s=125 * MIN, eta_latest_s=130 * MIN)

    assert minutes(forecast([travels, stop("b", 240, 20)], BASE, way, 70 * MIN))[1] == ("b", 240)


def test_work_that_takes_longer_than_planned_goes_on_a_little() -> None:
    works = stop("a", 0, 0, status=S.IN_PROGRESS, began_s=0.0)

    (expected,) = forecast([works, stop("b", 40, 10)], BASE, way, 90 * MIN)

    assert expected.at_s == 90 * MIN + OVERRUN_S + 10 * MIN


def test_a_canceled_visit_brings_the_next_one_back_in_time() -> None:
    late = forecast([stop("a", 60, 10), stop("b", 95, 20)], BASE, way, 90 * MIN)
    free = forecast([stop("b", 95, 20)], BASE, way, 70 * MIN)

    assert late[1].at_s == (100 + 30 + 10) * MIN
    assert free[0].at_s == 95 * MIN


def test_a_break_stops_whoever_drives() -> None:
    work = ((0, 60 * MIN), (90 * MIN, 500 * MIN))

    (expected,) = forecast([stop("a", 55, 20)], BASE, way, 50 * MIN, work)

    assert expected.at_s == 100 * MIN


def test_work_goes_on_after_the_shift() -> None:
    (expected,) = forecast([stop("a", 55, 20)], BASE, way, 50 * MIN, ((0, 60 * MIN),))

    assert expected.at_s == 70 * MIN


def test_more_than_ten_minutes_after_the_window_are_worth_telling() -> None:
    in_time, late = (forecast([stop("a", 0, 0)], BASE, way, minute * MIN)[0] for minute in (70, 71))

    assert not in_time.misses_promise
    assert late.misses_promise


def test_what_moved_by_less_than_a_minute_stands() -> None:
    expected = Expected("a", 1_000, 1_100, 0)

    assert differs(expected, None, None)
    assert not differs(expected, 1_030, 1_100)
    assert differs(expected, 1_060, 1_100)


@given(some.lists(some.tuples(some.integers(0, 300), some.integers(0, 40)), max_size=6), some.integers(0, 300))
def test_nobody_is_expected_before_the_plan_or_the_one_before(rows: list[tuple[int, int]], now_min: int) -> None:
    stops = [stop(str(number), starts, place) for number, (starts, place) in enumerate(rows)]

    expected = forecast(stops, BASE, way, now_min * MIN)

    known = {one.id: one for one in stops}
    for one in expected:
        assert one.at_s >= max(known[one.id].starts_s, now_min * MIN)
        assert one.latest_s >= one.at_s
    for before, after in itertools.pairwise(expected):
        assert after.at_s >= before.at_s + 30 * MIN + way(known[before.id].place, known[after.id].place)
