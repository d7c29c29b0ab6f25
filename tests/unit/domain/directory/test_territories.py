"""Areas: which drawings are one."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.directory.territories import MOST_CORNERS, Area, MultiPolygon, Polygon, Territory, area_fault

SQUARE = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]
HOLE = [[24.92, 60.12], [24.92, 60.14], [24.94, 60.14], [24.92, 60.12]]


def _fault(kind: str, coordinates: Any) -> str | None:
    return area_fault(msgspec.convert({"type": kind, "coordinates": coordinates}, Area))


def test_polygons_with_holes_and_several_ones_are_areas() -> None:
    assert _fault("Polygon", [SQUARE]) is None
    assert _fault("Polygon", [SQUARE, HOLE]) is None
    away = [[corner[0] + 1, corner[1], 12.5] for corner in SQUARE]  # an altitude is ignored
    assert _fault("MultiPolygon", [[SQUARE], [away]]) is None


@pytest.mark.parametrize(
    ("rings", "fault"),
    [
        ([[*SQUARE[:-1], [24.9, 60.15]]], "does not end where it starts"),
        ([[[60.1, 124.9], [60.2, 124.9], [60.2, 125.0], [60.1, 124.9]]], "outside the Earth"),
        ([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]], "Self-intersection"),
        ([[[0, 0], [1, 1], [2, 2], [0, 0]]], ""),
        ([[[0, 0], [0, 0], [0, 0], [0, 0]]], ""),
        ([SQUARE, [[0, 0], [1, 0], [1, 1], [0, 0]]], "Hole lies outside shell"),
    ],
)
def test_what_is_no_area_is_told_why(rings: Any, fault: str) -> None:
    found = _fault("Polygon", rings)
    assert found is not None
    assert fault in found


def test_areas_that_lie_on_each_other_are_none() -> None:
    assert _fault("MultiPolygon", [[SQUARE], [SQUARE]]) is not None


@pytest.mark.parametrize(
    "area",
    [
        {"type": "Point", "coordinates": [24, 60]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[24, 60], [25, 60], [24, 60]]]},
        {"type": "Polygon", "coordinates": [[[24], [25], [26], [24]]]},
        {"coordinates": [SQUARE]},
        "POLYGON EMPTY",
    ],
)
def test_what_is_no_geojson_polygon_is_refused_by_its_type(area: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "x", "area": area}, Territory)


def test_more_corners_than_a_border_needs_are_refused() -> None:
    def circle(corners: int) -> list[list[float]]:
        turns = [2 * math.pi * number / (corners - 1) for number in range(corners - 1)]
        ring = [[24 + math.cos(turn), 60 + math.sin(turn)] for turn in turns]
        return [*ring, ring[0]]

    half = circle(MOST_CORNERS // 2)
    assert "corners" in (_fault("MultiPolygon", [[half], [[[x + 9, y] for x, y in half]], [SQUARE]]) or "")
    assert _fault("Polygon", [circle(MOST_CORNERS)]) is None


corner = st.tuples(st.floats(-200, 200), st.floats(-100, 100)).map(list)


@given(st.lists(st.lists(corner, min_size=4, max_size=8), min_size=1, max_size=3))
def test_every_drawing_is_judged_without_a_fault_of_ours(rings: list[list[list[float]]]) -> None:
    closed = [[*ring, ring[0]] for ring in rings]
    for area in (Polygon(coordinates=closed), MultiPolygon(coordinates=[[ring] for ring in closed])):
        assert area_fault(area) is None or isinstance(area_fault(area), str)
