"""Who serves a place."""

from __future__ import annotations

from typing import Any

from hub.domain.geodesy import Point
from hub.domain.territories import ServedAreas, serves


def square(lat: float, lon: float) -> dict[str, Any]:
    """Draw a tenth of a degree to the north-east of a corner."""
    ring = [[lon, lat], [lon + 0.1, lat], [lon + 0.1, lat + 0.1], [lon, lat + 0.1], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


AREAS = ServedAreas({"te_west": square(60.1, 24.9), "te_east": square(60.1, 25.0), "te_name": None})


def test_a_place_inside_is_served_by_whoever_serves_that_area_or_everywhere() -> None:
    around = AREAS.around(Point(60.15, 24.95))

    assert around == frozenset({"te_west"})
    assert serves(["te_west", "te_name"], around)
    assert serves([], around)
    assert not serves(["te_east"], around)
    assert not serves(["te_name"], around)


def test_a_place_on_a_border_belongs_to_both_sides() -> None:
    assert AREAS.around(Point(60.15, 25.0)) == frozenset({"te_west", "te_east"})


def test_a_place_outside_of_all_is_served_by_who_serve_everywhere() -> None:
    around = AREAS.around(Point(61.0, 24.95))

    assert serves([], around)
    assert not serves(["te_west"], around)


def test_where_no_area_is_drawn_all_serve_everywhere() -> None:
    around = ServedAreas({"te_name": None}).around(Point(61.0, 24.95))

    assert around is None
    assert serves(["te_name"], around)


def test_an_area_may_have_parts() -> None:
    parts = [square(60.1, 24.9)["coordinates"], square(61.0, 24.9)["coordinates"]]

    area = ServedAreas({"te_both": {"type": "MultiPolygon", "coordinates": parts}})

    assert area.around(Point(61.05, 24.95)) == frozenset({"te_both"})


def test_altitudes_do_not_count_even_where_only_some_corners_have_one() -> None:
    area = square(60.1, 24.9)
    area["coordinates"][0][-1].append(12.5)

    assert ServedAreas({"te_west": area}).around(Point(60.15, 24.95)) == frozenset({"te_west"})
