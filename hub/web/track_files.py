"""A track as a file: GeoJSON, GPX or CSV, written piece by piece.

gpxpy, which reads GPX for the hub, writes only whole documents from memory; a month of a track would not fit well.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import msgspec

from hub.store.track_history import TrackPoint

_json = msgspec.json.encode
CSV_COLUMNS = (
    "at",
    "lat",
    "lon",
    "accuracy_m",
    "speed_mps",
    "heading_deg",
    "altitude_m",
    "battery",
    "mock",
    "verdict",
    "reasons",
    "received_at",
)
GPX_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Enroute" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>{name}</name><trkseg>\n'
)


@dataclass(frozen=True)
class FileKind:
    """One way to write points."""

    media_type: str
    ending: str
    head: Callable[[str], str]
    """What comes first, given the track's name."""
    point: Callable[[TrackPoint], str]
    between: str
    foot: str


async def written(kind: FileKind, name: str, pages: AsyncIterator[Sequence[TrackPoint]]) -> AsyncIterator[str]:
    """Write a track page by page."""
    yield kind.head(name)
    between = ""
    async for page in pages:
        if page:
            yield between + kind.between.join(map(kind.point, page))
            between = kind.between
    yield kind.foot


def _feature(point: TrackPoint) -> str:
    place = [point.lon, point.lat, *([] if point.altitude_m is None else [point.altitude_m])]
    properties = {name: getattr(point, name) for name in CSV_COLUMNS if name not in ("lat", "lon")}
    geometry = {"type": "Point", "coordinates": place}
    return _json({"type": "Feature", "geometry": geometry, "properties": properties}).decode()


def _trackpoint(point: TrackPoint) -> str:
    height = "" if point.altitude_m is None else f"<ele>{point.altitude_m}</ele>"
    why = escape(" ".join((point.verdict, *point.reasons)))
    return (
        f'<trkpt lat="{point.lat}" lon="{point.lon}">{height}<time>{_moment(point.at)}</time><type>{why}</type></trkpt>'
    )


def _row(point: TrackPoint) -> str:
    values = {name: getattr(point, name) for name in CSV_COLUMNS}
    values["reasons"] = " ".join(point.reasons)
    values["at"], values["received_at"] = _moment(point.at), _moment(point.received_at)
    values["mock"] = "true" if point.mock else "false"
    return _line(list(values.values()))


def _line(values: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


GEOJSON = FileKind(
    "application/geo+json",
    "geojson",
    lambda name: '{"type":"FeatureCollection","features":[',
    _feature,
    ",\n",
    "]}\n",
)
GPX = FileKind(
    "application/gpx+xml",
    "gpx",
    lambda name: GPX_HEAD.format(name=escape(name)),
    _trackpoint,
    "\n",
    "</trkseg></trk></gpx>\n",
)
CSV = FileKind("text/csv", "csv", lambda name: _line(CSV_COLUMNS), _row, "", "")
FILE_KINDS = {kind.media_type: kind for kind in (GEOJSON, GPX, CSV)}
