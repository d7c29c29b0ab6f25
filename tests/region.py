"""A small region as a PMTiles file in the schema of Protomaps' basemap, made of the demo city's own streets."""

from __future__ import annotations

import gzip
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import msgspec
import numpy as np
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry.base import BaseGeometry

ZOOMS = (13, 14)
"""Nearer ones are drawn from the last; a browser asks for none that the file does not name."""
EXTENT, BUFFER = 4096, 64
KIND_OF_CLASS = {"main": "major_road", "minor": "minor_road", "path": "path"}
LAYERS = {"streets": "roads", "water": "water", "parks": "landuse"}


def write_region(basemap: Path, target: Path) -> None:
    """Write the file from the GeoJSON files of a folder."""
    tiles = _tiles(basemap)
    shape = shapely.total_bounds([feature for _, feature, _ in _features(basemap)])
    with target.open("wb") as file:
        writer = Writer(file)  # type: ignore[no-untyped-call]  # has no types
        for zxy in sorted(tiles, key=lambda zxy: zxy_to_tileid(*zxy)):
            layers = [{"name": name, "features": features} for name, features in tiles[zxy].items()]
            packed = mapbox_vector_tile.encode(layers, default_options={"extents": EXTENT, "y_coord_down": True})
            writer.write_tile(zxy_to_tileid(*zxy), gzip.compress(packed))  # type: ignore[no-untyped-call]  # the same
        metadata = {"vector_layers": [{"id": name, "fields": {}} for name in LAYERS.values()]}
        writer.finalize(_header(*shape), metadata)  # type: ignore[no-untyped-call]  # the same


def _header(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    bounds = {"min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north}
    middle = {"center_lon_e7": (west + east) / 2, "center_lat_e7": (south + north) / 2}
    return {name: int(value * 1e7) for name, value in (bounds | middle).items()} | {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "center_zoom": ZOOMS[-1],
    }


def _tiles(basemap: Path) -> dict[tuple[int, int, int], dict[str, list[dict[str, Any]]]]:
    tiles: dict[tuple[int, int, int], dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for layer, geometry, properties in _features(basemap):
        for zoom in ZOOMS:
            flat = shapely.transform(geometry, lambda places, zoom=zoom: _in_tiles(places, zoom))
            west, north, east, south = (math.floor(edge) for edge in flat.bounds)
            for x in range(west, east + 1):
                for y in range(north, south + 1):
                    if drawn := _drawn(flat, x, y):
                        tiles[zoom, x, y][layer].append({"geometry": drawn, "properties": properties})
    return tiles


def _drawn(flat: BaseGeometry, x: int, y: int) -> BaseGeometry | None:
    """Cut a shape to a tile, in the tile's own units."""
    inside = shapely.transform(flat, lambda places: (places - (x, y)) * EXTENT)
    cut = shapely.clip_by_rect(inside, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    return None if cut.is_empty or cut.geom_type == "GeometryCollection" else cut


def _in_tiles(places: np.ndarray[Any, Any], zoom: int) -> np.ndarray[Any, Any]:
    """Project degrees to tiles of a zoom, y downwards."""
    lat = np.radians(places[:, 1])
    x, y = (places[:, 0] + 180) / 360, (1 - np.arcsinh(np.tan(lat)) / math.pi) / 2
    flat: np.ndarray[Any, Any] = np.stack([x, y], axis=1) * 2**zoom
    return flat


def _features(basemap: Path) -> Iterator[tuple[str, BaseGeometry, dict[str, Any]]]:
    for name, layer in LAYERS.items():
        for feature in msgspec.json.decode((basemap / f"{name}.geojson").read_bytes())["features"]:
            properties = feature["properties"]
            kind = KIND_OF_CLASS.get(properties.get("class"), "park" if layer == "landuse" else layer)
            geometry = shapely.from_geojson(msgspec.json.encode(feature["geometry"]).decode())
            named = {"name": properties["name"]} if properties.get("name") else {}
            yield layer, geometry, {"kind": kind} | named
