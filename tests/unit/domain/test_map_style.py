"""Find the places that a map style uses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.map_style import origin_of, style_origins, tile_jsons

BASE = "https://style.example/v1/style.json"
STYLE = {
    "version": 8,
    "glyphs": "https://letters.example/{fontstack}/{range}.pbf",
    "sprite": [{"id": "a", "url": "https://pictures.example/a"}, {"id": "b", "url": "/b"}],
    "sources": {
        "described": {"type": "vector", "url": "https://described.example/tiles.json"},
        "listed": {"type": "raster", "tiles": ["http://one.example:8080/{z}/{x}/{y}.png", "//two.example/{z}"]},
        "data": {"type": "geojson", "data": "https://data.example/x.geojson"},
        "inline": {"type": "geojson", "data": {"type": "FeatureCollection", "features": []}},
        "file": {"type": "vector", "url": "pmtiles://https://file.example/region.pmtiles"},
        "other": {"type": "vector", "url": "mapbox://mapbox.streets"},
    },
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_every_origin_that_a_style_names_is_found_and_no_other() -> None:
    hosts = ("letters", "pictures", "described", "data", "file", "two", "style")
    expected = {f"https://{host}.example" for host in hosts} | {"http://one.example:8080"}
    assert style_origins(STYLE, BASE) == expected


def test_descriptions_of_tiles_are_to_be_read_too() -> None:
    assert tile_jsons(STYLE, BASE) == ["https://described.example/tiles.json", "mapbox://mapbox.streets"]
    assert style_origins({"tiles": ["https://tiles.example/{z}/{x}/{y}"]}, BASE) == {"https://tiles.example"}


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Tiles.Example/x", "https://tiles.example"),
        ("https://user:secret@tiles.example:444/x", "https://tiles.example:444"),
        ("http://[2001:db8::1]:80/", "http://[2001:db8::1]:80"),
        ("ftp://tiles.example", None),
        ("data:image/png;base64,x", None),
        ("https://*.example/x", None),
        ("https://{s}.example/x", None),
        ("https://a.example;script-src/x", None),
        ("https://a.example:port/x", None),
        ("", None),
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin


@given(st.text())
def test_no_text_gives_more_than_one_word_of_a_policy(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/x"):
        origin = origin_of(url)
        assert origin is None or not set(origin) & set(" ;,*'\"\t\r\n")


@given(json_values, st.sampled_from(["sources", "sprite", "glyphs", "tiles"]))
def test_a_style_that_makes_no_sense_names_nothing_and_breaks_nothing(value: Any, field: str) -> None:
    for style in (value, {field: value}, {"sources": {"a": {"tiles": value, "url": value, "data": value}}}):
        assert all(origin_of(origin) == origin for origin in style_origins(style, BASE))
        tile_jsons(style, BASE)
