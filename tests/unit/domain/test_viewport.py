"""Which places lie in sight."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geodesy import Point
from hub.domain.viewport import Viewport, viewport

lons, lats = st.integers(-180, 180), st.integers(-90, 90)


def test_edges_belong_to_it() -> None:
    seen = Viewport(24.0, 60.0, 25.0, 61.0)
    assert all(seen.holds(Point(lat, lon)) for lat in (60.0, 60.5, 61.0) for lon in (24.0, 24.5, 25.0))
    assert not any(seen.holds(place) for place in (Point(59.9, 24.5), Point(61.1, 24.5), Point(60.5, 25.1)))


def test_a_map_across_the_date_line_counts_on_beyond_180() -> None:
    fiji = viewport(177.0, -20.0, 183.0, -15.0)
    assert fiji is not None
    assert fiji.holds(Point(-17.0, 178.0))
    assert fiji.holds(Point(-17.0, -178.0))
    assert not fiji.holds(Point(-17.0, 0.0))


def test_a_map_that_shows_the_earth_more_than_once_holds_all_longitudes() -> None:
    everywhere = viewport(-400.0, -90.0, 400.0, 90.0)
    assert everywhere is not None
    assert all(everywhere.holds(Point(0.0, lon)) for lon in (-180.0, -90.0, 0.0, 180.0))


@pytest.mark.parametrize(
    "bounds", [(25, 60, 24, 61), (24, 61, 25, 60), (24, 60, 5_000, 61), (math.nan, 60, 25, 61), (24, -math.inf, 25, 61)]
)
def test_what_is_no_box_is_none(bounds: tuple[float, float, float, float]) -> None:
    assert viewport(*bounds) is None


@given(lons, lats, st.integers(1, 360), lats, st.integers(-1, 1))
def test_whole_turns_change_nothing(west: int, south: int, wide: int, north: int, turns: int) -> None:
    seen, turned = (viewport(west + turn, south, west + wide + turn, north) for turn in (0, 360 * turns))
    assert (seen is None) == (turned is None) == (south > north)
    middle = Point((south + north) / 2, (west + wide / 2 + 180) % 360 - 180)
    if turned:
        assert turned.holds(middle)
