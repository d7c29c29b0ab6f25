"""What is drawn of OpenStreetMap's things, and as what."""

from __future__ import annotations

import pytest

from hub.demo.basemap import area_layer, street_class


@pytest.mark.parametrize(
    ("tags", "drawn"),
    [
        ({"highway": "primary_link"}, "main"),
        ({"highway": "residential"}, "minor"),
        ({"highway": "residential", "tunnel": "building_passage"}, "minor"),
        ({"highway": "steps"}, "path"),
        ({"railway": "tram"}, "tram"),
        ({"railway": "rail", "tunnel": "yes"}, None),
        ({"highway": "footway", "indoor": "yes"}, None),
        ({"highway": "corridor"}, None),
        ({"waterway": "drain"}, None),
    ],
)
def test_a_way_is_drawn_as(tags: dict[str, str], drawn: str | None) -> None:
    assert street_class(tags) == drawn


@pytest.mark.parametrize(
    ("tags", "layer"),
    [
        ({"natural": "water"}, "water"),
        ({"building": "yes"}, "buildings"),
        ({"building": "no"}, None),
        ({"building": "yes", "location": "underground"}, None),
        ({"leisure": "park"}, "parks"),
        ({"landuse": "commercial"}, None),
    ],
)
def test_an_area_belongs_to_the_layer(tags: dict[str, str], layer: str | None) -> None:
    assert area_layer(tags) == layer
