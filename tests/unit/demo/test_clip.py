"""Areas that the map's edge cuts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.demo.clip import Box, LonLat, close_ring, sea_rings

BOX = Box(0, 0, 10, 10)


def area(ring: list[LonLat]) -> float:
    """Measure a closed ring; clockwise is positive."""
    return sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in itertools.pairwise(ring)) / 2


@given(st.floats(0, 3.999))
def test_each_place_on_the_edge_is_found_again(place: float) -> None:
    assert BOX.edge_place(BOX.edge_point(place)) == pytest.approx(place, abs=1e-9)


def test_a_walk_passes_the_corners_between() -> None:
    assert BOX.walk(0.5, 2.5) == [(5, 10), (10, 10), (10, 0), (5, 0)]
    assert BOX.walk(3.5, 0.5) == [(0, 5), (0, 10), (5, 10)]


def test_a_shorter_walk_may_go_backwards() -> None:
    assert BOX.shorter_walk(0.5, 3.5) == [(5, 10), (0, 10), (0, 5)]


def test_water_lies_on_the_right_of_a_coastline() -> None:
    northwards, southwards = [(4.0, 0.0), (4.0, 10.0)], [(4.0, 10.0), (4.0, 0.0)]
    (east,) = sea_rings([northwards], BOX)
    (west,) = sea_rings([southwards], BOX)
    assert area(east) == pytest.approx(60)
    assert area(west) == pytest.approx(40)


def test_two_shores_enclose_a_strait() -> None:
    (strait,) = sea_rings([[(4.0, 0.0), (4.0, 10.0)], [(6.0, 10.0), (6.0, 0.0)]], BOX)
    assert area(strait) == pytest.approx(20)
    assert strait[0] == strait[-1]


def test_two_bays_stay_apart() -> None:
    bays = sea_rings([[(0.0, 3.0), (2.0, 2.0), (3.0, 0.0)], [(10.0, 7.0), (8.0, 8.0), (7.0, 10.0)]], BOX)
    assert len(bays) == 2


def test_a_pond_across_a_corner_keeps_the_corner() -> None:
    ring = close_ring([[(3.0, 10.0), (2.0, 8.0), (0.0, 7.0)]], BOX)
    assert (0, 10) in ring
    assert ring[0] == ring[-1]
