"""Read tracks in GeoJSON: lines with a list of times beside them, and points that each know their own.

There is no standard for times. Lines carry them in `coordTimes` or `times` (also in `coordinateProperties`), as
togeojson and its followers write; points in `timestamp`, `time` or `at`, as Overland and this hub do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from typing import Any

import msgspec

from hub.domain.ping import Ping
from hub.web.devices.track_points import MOST_POINTS, TooManyPointsError, UnreadableTrackError, point

_NOTHING = msgspec.Raw(b"null")
_LINE_TIMES = ("coordTimes", "times")
_POINT_TIMES = ("timestamp", "time", "at")
_POINT_FIELDS = {
    "accuracy_m": ("accuracy_m", "horizontal_accuracy", "accuracy"),
    "speed_mps": ("speed_mps", "speed"),
    "heading_deg": ("heading_deg", "course", "heading", "bearing"),
    "altitude_m": ("altitude_m", "altitude"),
    "battery": ("battery", "battery_level"),
}


class _Root(msgspec.Struct):
    type: str
    features: list[msgspec.Raw] = []
    geometry: msgspec.Raw = _NOTHING
    properties: msgspec.Raw = _NOTHING


class _Feature(msgspec.Struct):
    geometry: msgspec.Raw = _NOTHING
    properties: msgspec.Raw = _NOTHING


class _Geometry(msgspec.Struct):
    type: str
    coordinates: list[msgspec.Raw]


MOST_COMMAS = 10 * MOST_POINTS
"""More than any track of so many points has. Each may part two objects, which take many times the file's memory."""
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read_features(body: bytes) -> Iterator[Iterator[Ping | None]]:
    """Read the positions of each feature, one after the other; None is one without a place or a time.

    Raises UnreadableTrackError or TooManyPointsError.
    """
    if body.count(b",") > MOST_COMMAS:
        raise TooManyPointsError
    try:
        root = msgspec.json.decode(body, type=_Root)
    except _FAULTS:
        raise UnreadableTrackError("This is no GeoJSON.") from None
    if root.type == "FeatureCollection":
        return map(_of_feature, root.features)
    if root.type == "Feature":
        return iter((_positions(root.geometry, root.properties),))
    raise UnreadableTrackError("Expected a FeatureCollection or a Feature: only these can tell times.")


def _of_feature(raw: msgspec.Raw) -> Iterator[Ping | None]:
    try:
        feature = msgspec.json.decode(raw, type=_Feature)
    except _FAULTS:
        return iter((None,))
    return _positions(feature.geometry, feature.properties)


def _positions(raw_geometry: msgspec.Raw, raw_properties: msgspec.Raw) -> Iterator[Ping | None]:
    try:
        geometry = msgspec.json.decode(raw_geometry, type=_Geometry)
        properties = msgspec.json.decode(raw_properties, type=dict[str, Any] | None) or {}
    except _FAULTS:
        return iter((None,))
    if geometry.type == "Point":
        return iter((_point(geometry.coordinates, properties),))
    times = _line_times(properties)
    if geometry.type == "LineString":
        return _line(geometry.coordinates, times)
    if geometry.type == "MultiLineString":
        lines = chain(times if isinstance(times, list) else (), repeat(None))
        return chain.from_iterable(map(_part, geometry.coordinates, lines))
    return iter(())  # areas and the like are no track


def _point(coordinates: list[msgspec.Raw], properties: Mapping[str, object]) -> Ping | None:
    place = [_decoded(raw) for raw in coordinates[:3]]
    known = {field: _first(properties, names) for field, names in _POINT_FIELDS.items()}
    if known["altitude_m"] is None and len(place) > 2:
        known["altitude_m"] = place[2]
    return None if len(place) < 2 else point(place[1], place[0], _first(properties, _POINT_TIMES), **known)


def _part(raw: msgspec.Raw, times: object) -> Iterator[Ping | None]:
    try:
        return _line(msgspec.json.decode(raw, type=list[msgspec.Raw]), times)
    except _FAULTS:
        return iter((None,))


def _line(coordinates: list[msgspec.Raw], times: object) -> Iterator[Ping | None]:
    known = chain(times if isinstance(times, list) else (), repeat(None))
    for raw, at in zip(coordinates, known, strict=False):
        place = _decoded(raw)
        if isinstance(place, list) and len(place) >= 2:
            yield point(place[1], place[0], at, altitude_m=place[2] if len(place) > 2 else None)
        else:
            yield None


def _line_times(properties: Mapping[str, object]) -> object:
    beside = properties.get("coordinateProperties")
    found = _first(properties, _LINE_TIMES)
    return _first(beside, _LINE_TIMES) if found is None and isinstance(beside, dict) else found


def _first(properties: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((properties[name] for name in names if properties.get(name) is not None), None)


def _decoded(raw: msgspec.Raw) -> object:
    try:
        return msgspec.json.decode(raw)
    except _FAULTS:
        return None
