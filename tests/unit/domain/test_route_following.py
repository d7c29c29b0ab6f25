"""Follow somebody along a route, through noise and off it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geodesy import METRES_PER_DEGREE, Point
from hub.domain.live_messages import EtaSource
from hub.domain.route_following import LEAVING_FIXES, Following, follow
from hub.domain.route_progress import PreparedRoute
from hub.domain.routing import Route

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LAT, LON = 60.17, 24.94
PER_LON = METRES_PER_DEGREE * math.cos(math.radians(LAT))
ROAD = [(50.0 * i, 0.0) for i in range(41)]
BACK_BY_A_STREET_BESIDE = [*((50.0 * i, 0.0) for i in range(21)), *((50.0 * i, 12.0) for i in range(20, -1, -1))]


def at(east_m: float, north_m: float = 0.0) -> Point:
    return Point(LAT + north_m / METRES_PER_DEGREE, LON + east_m / PER_LON)


def route(places: list[tuple[float, float]], source: EtaSource = EtaSource.ROUTE) -> PreparedRoute:
    at_s = tuple(5.0 * index for index in range(len(places)))
    return PreparedRoute(Route(tuple(at(*place) for place in places), at_s, at_s[-1], 0.0, source))


def drive(
    on: PreparedRoute, fixes: list[tuple[float, float]], accuracy_m: float | None = 8.0, every_s: float = 5.0
) -> list[Following]:
    """Follow fixes (metres east and north), one after the other."""
    followed: list[Following] = []
    for number, place in enumerate(fixes):
        moment = NOON + timedelta(seconds=every_s * number)
        followed.append(follow(on, followed[-1] if followed else None, at(*place), accuracy_m, moment))
    return followed


def remaining_s(followed: list[Following]) -> list[float]:
    return [one.progress.remaining_s for one in followed]


noise = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).filter(lambda pair: math.hypot(*pair) <= 1)
drives = st.lists(st.tuples(st.floats(0, 120), noise), min_size=1, max_size=30)


@given(drives, st.floats(0, 40))
def test_noise_within_the_accuracy_never_moves_anybody_back_nor_off_the_road(
    steps: list[tuple[float, tuple[float, float]]], accuracy_m: float
) -> None:
    on, true_m, fixes, truth = route(ROAD), 0.0, [], []
    for step_m, (east, north) in steps:
        true_m = min(2_000.0, true_m + step_m)
        truth.append(true_m)
        fixes.append((true_m + east * accuracy_m, north * accuracy_m))

    followed = drive(on, fixes, accuracy_m)

    assert all(a >= b for a, b in pairwise(remaining_s(followed)))
    assert not any(one.astray for one in followed)
    for one, here_m in zip(followed, truth, strict=True):
        assert on.along_m(one.progress) == pytest.approx(here_m, abs=2 * accuracy_m + 0.5)


@given(st.lists(st.tuples(st.floats(-300, 2_300), st.floats(-300, 300)), min_size=1, max_size=30))
def test_along_one_route_nobody_ever_goes_back(fixes: list[tuple[float, float]]) -> None:
    assert all(a >= b for a, b in pairwise(remaining_s(drive(route(ROAD), fixes))))


def test_the_third_fix_off_the_road_in_a_row_means_that_it_was_left() -> None:
    followed = drive(route(ROAD), [(100, 0), (150, 80), (180, 140), (200, 200)])

    assert [one.astray for one in followed] == [0, 1, 2, LEAVING_FIXES]
    assert [one.has_left for one in followed] == [False, False, False, True]
    assert remaining_s(followed) == pytest.approx([190] * 4)


def test_single_bad_fixes_do_not_leave_the_road() -> None:
    followed = drive(route(ROAD), [(100, 0), (150, 80), (200, 0), (250, 90), (300, 90), (350, 0)])

    assert [one.astray for one in followed] == [0, 1, 0, 1, 2, 0]


def test_turning_around_means_that_the_road_was_left() -> None:
    followed = drive(route(ROAD), [(500, 0), (520, 0), (470, 0), (420, 0), (370, 0)])

    assert [one.has_left for one in followed] == [False, False, False, False, True]
    assert remaining_s(followed)[-1] == remaining_s(followed)[1]


def test_the_same_fix_judged_again_counts_once() -> None:
    on = route(ROAD)
    first = follow(on, None, at(100, 80), 8.0, NOON)
    again = follow(on, first, at(100, 80), 8.0, NOON)

    assert again is first
    assert again.astray == 1


def test_where_the_road_comes_back_beside_itself_nobody_jumps_to_the_way_back() -> None:
    there = [(25.0 * i, 8.0 if i % 2 else 1.0) for i in range(1, 40)]
    back = [(25.0 * i, 11.0) for i in range(38, 0, -1)]
    on = route(BACK_BY_A_STREET_BESIDE)

    followed = drive(on, there + back)

    assert on.along_m(followed[len(there) - 2].progress) < 1_000
    assert on.along_m(followed[-1].progress) == pytest.approx(1_987, abs=20)
    assert not any(one.has_left for one in followed)


def test_a_straight_line_counts_the_distance_left_and_is_never_left() -> None:
    followed = drive(
        route([(0, 0), (1_000, 0)], EtaSource.DISTANCE), [(0, 0), (0, 500), (0, 900), (500, 900), (-500, 0)]
    )

    assert not any(one.astray for one in followed)
    assert remaining_s(followed)[-1] == pytest.approx(7.5, abs=0.01)


def test_an_unknown_accuracy_counts_as_a_usual_one() -> None:
    assert drive(route(ROAD), [(0, 0), (500, 0), (380, 0)], accuracy_m=None)[-1].astray == 0
    assert drive(route(ROAD), [(0, 0), (500, 0), (360, 0)], accuracy_m=None)[-1].astray == 1
