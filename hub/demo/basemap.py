"""Draw the demo's own base map from an OpenStreetMap extract: GeoJSON of water, parks, buildings, streets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import osmium
from osmium.geom import GeoJSONFactory
from osmium.osm import Area, Way

from hub.demo.clip import Box, LonLat, close_ring, sea_rings
from hub.demo.join_lines import join_lines

ATTRIBUTION = "© OpenStreetMap contributors"
_DECIMALS = 6
"""0.1 m, finer than anybody can see."""

_MAIN = {"motorway", "trunk", "primary", "secondary", "tertiary"}
_MINOR = {"residential", "unclassified", "service", "pedestrian", "living_street", "road"}
_PATH = {"footway", "cycleway", "path", "steps", "track", "trail", "bridleway"}
_GREEN = {
    "leisure": {"park", "garden", "playground", "pitch"},
    "landuse": {"grass", "forest", "meadow", "cemetery"},
    "natural": {"scrub", "heath", "wood", "wetland"},
}
_UNDER = {"tunnel", "indoor"}

Tags = dict[str, str]
Feature = dict[str, Any]


def extent(extract: Path) -> Box:
    """Read which part of the world the extract covers."""
    with osmium.io.Reader(str(extract)) as reader:
        box = reader.header().box()
    return Box(box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)


def draw(extract: Path, folder: Path) -> dict[str, int]:
    """Write the base map's files into `folder`, made where missing; answers how many features each has."""
    box = extent(extract)
    layers = _read(extract, box)
    folder.mkdir(parents=True, exist_ok=True)
    for name, features in layers.items():
        _write(folder / f"{name}.geojson", {"type": "FeatureCollection", "features": features})
    bounds = [box.west, box.south, box.east, box.north]
    _write(folder / "meta.json", {"bounds": bounds, "attribution": ATTRIBUTION})
    return {name: len(features) for name, features in layers.items()}


def street_class(tags: Tags) -> str | None:
    """Tell how a way is drawn: main, minor, path, rail or tram; None where it is not drawn."""
    if _UNDER & tags.keys() and tags.get("tunnel") != "building_passage":
        return None
    if (railway := tags.get("railway")) in ("rail", "tram"):
        return railway
    kind = tags.get("highway", "").removesuffix("_link")
    for name, kinds in (("main", _MAIN), ("minor", _MINOR), ("path", _PATH)):
        if kind in kinds:
            return name
    return None


def area_layer(tags: Tags) -> str | None:
    """Tell which layer an area belongs to; None where it is not drawn."""
    if tags.get("location") == "underground":
        return None
    if tags.get("natural") == "water":
        return "water"
    if tags.get("building", "no") != "no":
        return "buildings"
    return "parks" if any(tags.get(key) in kinds for key, kinds in _GREEN.items()) else None


def _read(extract: Path, box: Box) -> dict[str, list[Feature]]:
    layers: dict[str, list[Feature]] = {"water": [], "parks": [], "buildings": [], "streets": []}
    streets: defaultdict[tuple[str, str], list[list[LonLat]]] = defaultdict(list)
    coastlines: list[list[LonLat]] = []
    factory = GeoJSONFactory()
    for thing in osmium.FileProcessor(str(extract)).with_areas():
        tags = dict(thing.tags)
        if isinstance(thing, Area):
            if layer := area_layer(tags):
                geometry = msgspec.json.decode(factory.create_multipolygon(thing))
                layers[layer].append(_feature(geometry, _named(tags)))
        elif isinstance(thing, Way):
            if tags.get("natural") == "coastline":
                coastlines += _runs(thing)
            elif drawn := street_class(tags):
                streets[drawn, tags.get("name", "")] += _runs(thing)
            elif thing.is_closed() and (layer := area_layer(tags)):
                layers[layer] += _cut_area(thing, tags, box)
    for ring in sea_rings(coastlines, box):
        layers["water"].append(_feature({"type": "Polygon", "coordinates": [ring]}, {}))
    for (drawn, name), pieces in streets.items():
        properties = {"class": drawn, "name": name} if name else {"class": drawn}
        lines = join_lines(pieces)
        layers["streets"] += [_feature({"type": "LineString", "coordinates": line}, properties) for line in lines]
    return layers


def _cut_area(way: Way, tags: Tags, box: Box) -> Iterable[Feature]:
    """Close an area that the extract's edge cuts; whole ones are assembled by osmium."""
    places = _places(way)[:-1]
    if all(places):
        return
    outside = places.index(None)  # start there, so that no piece goes over the list's end
    runs = _pieces(places[outside:] + places[:outside])
    if sum(map(len, runs)) > 1:
        ring = close_ring(runs, box)
        yield _feature({"type": "Polygon", "coordinates": [ring]}, _named(tags))


def _places(way: Way) -> list[LonLat | None]:
    return [(node.lon, node.lat) if node.location.valid() else None for node in way.nodes]


def _runs(way: Way) -> list[list[LonLat]]:
    """Read the pieces of a line that lie in the extract, which lacks the places outside its box."""
    return [run for run in _pieces(_places(way)) if len(run) > 1]


def _pieces(places: list[LonLat | None]) -> list[list[LonLat]]:
    grouped = groupby(places, key=lambda place: place is not None)
    return [[place for place in group if place] for inside, group in grouped if inside]


def _named(tags: Tags) -> Tags:
    return {"name": tags["name"]} if "name" in tags else {}


def _feature(geometry: dict[str, Any], properties: Tags) -> Feature:
    rounded = {**geometry, "coordinates": _rounded(geometry["coordinates"])}
    return {"type": "Feature", "properties": properties, "geometry": rounded}


def _rounded(part: Any) -> Any:
    return round(part, _DECIMALS) if isinstance(part, float | int) else [_rounded(inner) for inner in part]


def _write(path: Path, value: object) -> None:
    path.write_bytes(msgspec.json.encode(value))
