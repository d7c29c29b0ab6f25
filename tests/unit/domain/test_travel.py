"""How far somebody went on the way to a visit."""

from __future__ import annotations

import math
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geodesy import METRES_PER_DEGREE, Point
from hub.domain.travel import Fix, travel
from tests.builders import NOW

END = NOW + timedelta(minutes=10)


def fix(second: float, north_m: float = 0.0, east_m: float = 0.0) -> Fix:
    """Describe a point so many seconds after NOW, so far from a place in Helsinki."""
    lat = 60.17 + north_m / METRES_PER_DEGREE
    lon = 24.94 + east_m / METRES_PER_DEGREE / math.cos(math.radians(60.17))
    return Fix(NOW + timedelta(seconds=second), Point(lat, lon))


def test_the_steps_of_a_way_add_up() -> None:
    way = travel([fix(0), fix(60, north_m=1_000), fix(120, north_m=1_000, east_m=500)], NOW, END)

    assert way.distance_m == pytest.approx(1_500, rel=1e-3)
    assert (way.bridged_m, way.travel_s) == (0.0, 600.0)


def test_only_what_lies_between_setting_off_and_arrival_counts() -> None:
    way = travel([fix(-1, north_m=9_000), fix(0), fix(600, north_m=100), fix(601, north_m=9_000)], NOW, END)

    assert way.distance_m == pytest.approx(100, rel=1e-3)


def test_a_gap_is_bridged_by_a_straight_line_and_told() -> None:
    way = travel([fix(0), fix(60, north_m=1_000), fix(181, north_m=3_000), fix(200, north_m=3_100)], NOW, END)

    assert way.distance_m == pytest.approx(3_100, rel=1e-3)
    assert way.bridged_m == pytest.approx(2_000, rel=1e-3)


def test_a_phone_at_rest_goes_nowhere() -> None:
    wander = random.Random(7)  # noqa: S311 - noise for a test
    resting = [fix(second, wander.gauss(0, 2), wander.gauss(0, 2)) for second in range(600)]

    distance_m = travel(resting, NOW, END).distance_m

    assert distance_m is not None
    assert distance_m < 100


def test_a_drive_sampled_often_is_as_long_as_one_sampled_seldom() -> None:
    often = travel([fix(second, north_m=second * 3.0) for second in range(601)], NOW, END).distance_m
    seldom = travel([fix(second, north_m=second * 3.0) for second in range(0, 601, 60)], NOW, END).distance_m

    assert often == pytest.approx(seldom, rel=1e-6)


@pytest.mark.parametrize("fixes", [[], [fix(1)]])
def test_without_two_points_only_the_time_is_known(fixes: list[Fix]) -> None:
    way = travel(fixes, NOW, END)

    assert (way.distance_m, way.bridged_m, way.travel_s) == (None, None, 600.0)


@given(st.lists(st.builds(fix, st.floats(-60, 700), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)), max_size=30))
def test_the_order_in_which_points_come_does_not_matter(fixes: list[Fix]) -> None:
    way = travel(fixes, NOW, END)

    if len({one.at for one in fixes}) == len(fixes):
        assert travel(list(reversed(fixes)), NOW, END) == way
    assert way.distance_m is None or 0 <= (way.bridged_m or 0) <= way.distance_m + 1e-6
