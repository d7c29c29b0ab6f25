"""Track files for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from tests.builders import NOW


def gpx(count: int, first_at: datetime = NOW, more: str = "") -> bytes:
    """Write a track of one point a second, northwards at 10 m/s; `more` are points after it."""
    points = "".join(
        f'<trkpt lat="{60 + 0.00009 * number:.6f}" lon="24.94"><time>{_at(first_at, number)}</time></trkpt>'
        for number in range(count)
    )
    return f'<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>{points}{more}</trkseg></trk></gpx>'.encode()


def geojson_line(coordinates: Sequence[object], **properties: Any) -> bytes:
    """Write a line."""
    geometry = {"type": "LineString", "coordinates": coordinates}
    return msgspec.json.encode({"type": "Feature", "geometry": geometry, "properties": properties})


def geojson_points(*points: tuple[Sequence[object], dict[str, Any]]) -> bytes:
    """Write points, each with its properties."""
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": properties}
        for place, properties in points
    ]
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def _at(first_at: datetime, seconds: int) -> str:
    return (first_at + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
