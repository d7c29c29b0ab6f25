"""Find where somebody is along a route."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geodesy import METRES_PER_DEGREE, Point
from hub.domain.live_messages import EtaSource
from hub.domain.route_progress import LEFT_AFTER_M, PreparedRoute
from hub.domain.routing import Route

LAT, LON = 60.17, 24.94
PER_LON = METRES_PER_DEGREE * math.cos(math.radians(LAT))

Metres = tuple[float, float]


def _at(east_m: float, north_m: float) -> Point:
    return Point(LAT + north_m / METRES_PER_DEGREE, LON + east_m / PER_LON)


def _route(*places: Metres, pace_s: float = 10.0) -> PreparedRoute:
    """Prepare a route through places (metres east, metres north), each leg taking the same time."""
    at_s = tuple(pace_s * index for index in range(len(places)))
    return PreparedRoute(Route(tuple(_at(*place) for place in places), at_s, at_s[-1], 0.0, EtaSource.ROUTE))


STRAIGHT = ((0.0, 0.0), (100.0, 0.0), (200.0, 0.0))
CORNER = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0))


@pytest.mark.parametrize(
    ("east_m", "north_m", "remaining_s", "off_m"),
    [(0, 0, 20, 0), (50, 0, 15, 0), (150, 30, 5, 30), (200, 0, 0, 0), (-40, 0, 20, 40), (240, 0, 0, 40)],
)
def test_a_position_is_projected_onto_a_straight_road(
    east_m: float, north_m: float, remaining_s: float, off_m: float
) -> None:
    progress = _route(*STRAIGHT).project(_at(east_m, north_m))

    assert progress.remaining_s == pytest.approx(remaining_s, abs=0.01)
    assert progress.off_route_m == pytest.approx(off_m, abs=0.1)


@pytest.mark.parametrize(
    ("east_m", "north_m", "segment", "remaining_s"),
    [(90, 2, 0, 11), (98, 10, 1, 9), (120, -20, 0, 10), (130, 50, 1, 5)],
)
def test_around_a_corner_the_nearer_leg_counts(east_m: float, north_m: float, segment: int, remaining_s: float) -> None:
    progress = _route(*CORNER).project(_at(east_m, north_m))

    assert progress.segment == segment
    assert progress.remaining_s == pytest.approx(remaining_s, abs=0.02)


def test_a_route_of_one_point_is_at_its_end() -> None:
    progress = _route((0, 0)).project(_at(0, 30))

    assert progress.remaining_s == 0
    assert progress.off_route_m == pytest.approx(30, abs=0.1)


def test_points_that_repeat_do_no_harm() -> None:
    progress = _route((0, 0), (0, 0), (100, 0), (100, 0)).project(_at(50, 0))

    assert progress.remaining_s == pytest.approx(15, abs=0.01)


@pytest.mark.parametrize(("off_m", "is_off"), [(59.9, False), (60.1, True), (5_000, True)])
def test_farther_than_60_m_a_position_is_off_the_route(off_m: float, is_off: bool) -> None:
    assert LEFT_AFTER_M == 60
    assert _route(*STRAIGHT).project(_at(100, off_m)).is_off is is_off


THERE_AND_BACK = [*((100.0 * i, 0.0) for i in range(30)), *((100.0 * i, 5.0) for i in range(28, -1, -1))]


def test_where_the_road_comes_back_the_place_that_comes_first_is_the_one() -> None:
    route = _route(*THERE_AND_BACK)

    assert route.project_on(_at(310, 4), 290).segment == 3
    assert route.project_on(_at(310, 4), 5_400).segment > 50
    assert route.project(_at(310, 4)).segment > 50


def test_a_position_far_ahead_is_found_anywhere_unless_only_what_is_near_is_wanted() -> None:
    route = _route(*((100.0 * i, 0.0) for i in range(60)))

    assert route.project_on(_at(5_500, 0), 0) == route.project(_at(5_500, 0))
    assert route.project_on(_at(5_500, 0), 0, nearby_only=True).is_off


def test_metres_along_the_route_are_counted() -> None:
    route = _route(*CORNER)

    assert route.along_m(route.project(_at(100, 40))) == pytest.approx(140, abs=0.1)
    assert route.along_m(_route((0, 0)).project(_at(5, 0))) == 0


@pytest.mark.parametrize(
    ("east_m", "north_m", "remaining_s"), [(0, 0, 10), (50, 0, 5), (100, 30, 3), (-100, 0, 20), (100, 0, 0)]
)
def test_a_straight_line_tells_the_distance_left_in_any_direction(
    east_m: float, north_m: float, remaining_s: float
) -> None:
    progress = _route((0, 0), (100, 0)).toward(_at(east_m, north_m))

    assert progress.remaining_s == pytest.approx(remaining_s, abs=0.01)
    assert progress.part == pytest.approx(1 - remaining_s / 10, abs=0.001)


def test_a_straight_line_through_a_stop_leads_to_the_stop_first() -> None:
    assert _route((0, 0), (100, 0), (0, 0)).toward(_at(50, 0)).remaining_s == pytest.approx(15, abs=0.01)


def test_a_straight_line_to_where_one_is_takes_no_time() -> None:
    assert _route((0, 0)).toward(_at(50, 0)).remaining_s == 0


places = st.tuples(st.floats(-5_000, 5_000), st.floats(-5_000, 5_000))


@given(st.lists(places, min_size=1, max_size=40), places)
def test_the_time_left_is_never_negative_nor_more_than_the_whole(line: list[Metres], position: Metres) -> None:
    route = _route(*line)

    progress = route.project(_at(*position))

    assert 0 <= progress.remaining_s <= route.route.duration_s
    assert 0 <= progress.part <= 1
    assert 0 <= progress.segment <= max(0, len(line) - 2)
    assert math.isfinite(progress.off_route_m)


@given(st.lists(places, min_size=2, max_size=20), st.data())
def test_whoever_is_on_the_route_is_found_on_it(line: list[Metres], data: st.DataObject) -> None:
    segment, part = data.draw(st.integers(0, len(line) - 2)), data.draw(st.floats(0, 1))
    (ax, ay), (bx, by) = line[segment], line[segment + 1]

    progress = _route(*line).project(_at(ax + part * (bx - ax), ay + part * (by - ay)))

    assert progress.off_route_m < 20  # the plane around the route's end is off by so much 10 km away


turns = st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=60)


@given(turns)
def test_a_drive_along_a_road_is_found_by_looking_nearby_only(bends: list[float]) -> None:
    line, heading = [(0.0, 0.0)], 0.0
    for bend in bends:
        heading = max(-1.2, min(1.2, heading + bend))  # a road that never comes back upon itself
        line.append((line[-1][0] + 50 * math.cos(heading), line[-1][1] + 50 * math.sin(heading)))
    route, reached_m = _route(*line), 0.0
    for (ax, ay), (bx, by) in pairwise(line):
        position = _at((ax + bx) / 2, (ay + by) / 2)
        found = route.project_on(position, reached_m, nearby_only=True)
        assert found == route.project(position)
        reached_m = route.along_m(found)
