"""Measure the Earth cheaply."""

from __future__ import annotations

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.domain.geodesy import METRES_PER_DEGREE, Point, at_most_m, bearing_deg, distance_m

points = st.builds(Point, st.floats(-89, 89), st.floats(-180, 180))
near = st.floats(-0.5, 0.5)


@given(points, points)
def test_a_distance_is_within_0_6_percent_of_the_geodesic(a: Point, b: Point) -> None:
    exact_m = Geodesic.WGS84.Inverse(a.lat, a.lon, b.lat, b.lon)["s12"]

    assert distance_m(a, b) == pytest.approx(exact_m, rel=0.006, abs=0.001)


@given(points, points)
def test_a_distance_is_the_same_there_and_back(a: Point, b: Point) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert distance_m(a, a) == 0


@given(points, points)
def test_two_places_lie_no_farther_apart_than_told_at_a_glance(a: Point, b: Point) -> None:
    assert distance_m(a, b) <= at_most_m(a.lat, a.lon, b.lat, b.lon) + 1e-6


def test_a_degree_of_latitude_has_its_metres() -> None:
    assert distance_m(Point(60, 25), Point(61, 25)) == pytest.approx(METRES_PER_DEGREE, rel=1e-5)


def test_a_distance_across_the_date_line_is_short() -> None:
    assert distance_m(Point(0, 179.999), Point(0, -179.999)) < 250


@pytest.mark.parametrize(
    ("to", "expected"),
    [(Point(61, 25), 0), (Point(0, 26), 90), (Point(-1, 25), 180), (Point(0, 24), 270)],
)
def test_the_four_directions(to: Point, expected: float) -> None:
    assert bearing_deg(Point(0, 25), to) == pytest.approx(expected)


@given(st.builds(Point, st.floats(-80, 80), st.floats(-179, 179)), near, near)
def test_a_bearing_is_near_the_geodesics(a: Point, north: float, east: float) -> None:
    assume(abs(north) + abs(east) > 1e-4)
    b = Point(a.lat + north, a.lon + east)
    exact = Geodesic.WGS84.Inverse(a.lat, a.lon, b.lat, b.lon)["azi1"] % 360

    found = bearing_deg(a, b)

    assert 0 <= found < 360
    assert abs((found - exact + 180) % 360 - 180) < 0.5
