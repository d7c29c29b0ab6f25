"""Routes as values."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route, decode, encode, pass_times

degrees = st.integers(-80_000_000, 80_000_000).map(lambda millionths: millionths / 1e6)
points = st.lists(st.builds(Point, degrees, degrees), min_size=1, max_size=20)
seconds = st.floats(0, 1e5)


@given(points)
def test_a_line_survives_the_wire(line: list[Point]) -> None:
    again = decode(encode(line))
    assert [p.lat for p in again] == pytest.approx([p.lat for p in line], abs=1e-6)
    assert [p.lon for p in again] == pytest.approx([p.lon for p in line], abs=1e-6)


@given(points, st.data(), seconds)
def test_pass_times_rise_from_zero_to_the_duration(line: list[Point], data: st.DataObject, whole: float) -> None:
    segments = data.draw(st.lists(seconds, min_size=len(line) - 1, max_size=len(line) - 1))
    at_s = pass_times(line, segments, whole)
    assert len(at_s) == len(line)
    assert at_s[0] == 0
    assert all(a <= b * (1 + 1e-12) for a, b in pairwise(at_s))
    assert len(line) == 1 or at_s[-1] == whole


def test_segments_are_stretched_to_fill_the_duration() -> None:
    line = [Point(0, 0), Point(0, 1), Point(0, 2)]
    assert pass_times(line, [10, 30], 80) == (0, 20, 80)


def test_without_a_value_per_segment_the_duration_is_spread_over_the_distance() -> None:
    line = [Point(0, 0), Point(0, 0.001), Point(0, 0.004)]
    assert pass_times(line, [1.0], 80) == pytest.approx((0, 20, 80))


def test_a_route_within_one_place_takes_no_time() -> None:
    assert pass_times([Point(1, 1), Point(1, 1)], [0.0], 0.0) == (0, 0)


def test_a_route_needs_a_second_for_each_point() -> None:
    with pytest.raises(ValueError, match="second for each"):
        Route((Point(0, 0),), (), 0, 0, EtaSource.ROUTE)


def test_a_route_survives_storage() -> None:
    route = Route((Point(0, 0), Point(0, 1)), (0.0, 9.0), 9.0, 100.0, EtaSource.DISTANCE)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(route), type=Route) == route
