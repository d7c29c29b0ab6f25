"""GeoJSON that is uploaded."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.ping import Ping
from hub.web.devices.track_geojson import MOST_COMMAS, read_features
from hub.web.devices.track_points import TooManyPointsError, UnreadableTrackError
from tests.builders import NOW
from tests.unit.web.devices.tracks import geojson_line, geojson_points

LATER = NOW + timedelta(seconds=10)
TIMES = [NOW.isoformat(), LATER.isoformat()]
PLACES = [[24.94, 60.17], [24.95, 60.18, 12]]
TWO = [Ping(lat=60.17, lon=24.94, at=NOW), Ping(lat=60.18, lon=24.95, at=LATER, altitude_m=12.0)]


def _read(body: bytes) -> list[Ping | None]:
    return list(chain.from_iterable(read_features(body)))


@pytest.mark.parametrize(
    "properties",
    [
        {"coordTimes": TIMES},
        {"times": TIMES},
        {"coordinateProperties": {"times": TIMES}},
        {"coordTimes": None, "coordinateProperties": {"coordTimes": TIMES}},
        {"times": [NOW.timestamp(), LATER.timestamp()]},
        {"times": [NOW.timestamp() * 1000, LATER.timestamp() * 1000]},
    ],
)
def test_a_line_has_a_time_for_each_place(properties: dict[str, Any]) -> None:
    assert _read(geojson_line(PLACES, **properties)) == TWO


def test_several_lines_have_lists_of_times() -> None:
    geometry = {"type": "MultiLineString", "coordinates": [PLACES[:1], PLACES[1:], PLACES[1:], "none"]}
    feature = {"type": "Feature", "geometry": geometry, "properties": {"coordTimes": [TIMES[:1], TIMES[1:]]}}
    body = msgspec.json.encode({"type": "FeatureCollection", "features": [feature]})

    assert _read(body) == [*TWO, None, None]


@pytest.mark.parametrize("name", ["timestamp", "time", "at"])
def test_points_know_their_own_times(name: str) -> None:
    found = _read(geojson_points((PLACES[0], {name: TIMES[0]}), (PLACES[1], {name: TIMES[1]})))

    assert found == TWO


@pytest.mark.parametrize(
    "properties",
    [
        {"accuracy_m": 8, "speed_mps": 9.5, "heading_deg": 270, "altitude_m": 3, "battery": 0.5},
        {"horizontal_accuracy": 8, "speed": 9.5, "course": 270, "altitude": 3, "battery_level": 0.5},
    ],
)
def test_what_else_a_point_knows_is_kept(properties: dict[str, Any]) -> None:
    known = {"accuracy_m": 8.0, "speed_mps": 9.5, "heading_deg": 270.0, "altitude_m": 3.0, "battery": 0.5}

    assert _read(geojson_points((PLACES[1], {"at": TIMES[1], **properties}))) == [
        Ping(lat=60.18, lon=24.95, at=LATER, **known)  # type: ignore[arg-type]  # all are numbers
    ]


@pytest.mark.parametrize("times", [[], [None], ["soon"], None, 7, {"0": TIMES[0]}])
def test_a_place_without_a_time_is_malformed(times: object) -> None:
    assert _read(geojson_line(PLACES[:1], coordTimes=times)) == [None]


@pytest.mark.parametrize("place", [[], [24], ["24", None], None, "here", {}, [24, 99], [[24, 60]]])
def test_a_time_without_a_place_is_malformed(place: Any) -> None:
    assert _read(geojson_line([place], coordTimes=TIMES)) == [None]


def test_areas_are_no_track() -> None:
    geometry = {"type": "Polygon", "coordinates": [PLACES]}
    body = msgspec.json.encode({"type": "Feature", "geometry": geometry, "properties": {"coordTimes": TIMES}})

    assert _read(body) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{}", b"[]", b'{"type": "LineString", "coordinates": []}', b"{" * 100_000, b'{"type": "\xff"}'],
)
def test_what_is_no_geojson_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableTrackError):
        read_features(body)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["times", "at"]), inner, max_size=2),
    max_leaves=10,
)


@given(_ANY, _ANY, st.sampled_from(["Point", "LineString", "MultiLineString", "Nothing"]))
def test_every_position_gets_an_answer_whatever_it_is(coordinates: object, properties: object, kind: str) -> None:
    feature = {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
    for root in (feature, {"type": "FeatureCollection", "features": [feature, coordinates]}):
        found = _read(msgspec.json.encode(root))
        assert all(one is None or isinstance(one, Ping) for one in found)


@pytest.mark.parametrize("part", ["7", "{}", '{"type": "Feature"}'])
def test_more_parts_than_any_track_has_are_refused_before_each_becomes_an_object(part: str) -> None:
    body = f'{{"type": "FeatureCollection", "features": [{",".join([part] * (MOST_COMMAS + 2))}]}}'

    with pytest.raises(TooManyPointsError):
        read_features(body.encode())
