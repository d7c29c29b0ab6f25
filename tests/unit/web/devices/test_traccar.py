"""Read uploads of Traccar Client, and batches of the library inside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.domain.ping import Ping
from hub.web.devices import traccar
from hub.web.devices.taking import MOST_PINGS, Told
from hub.web.devices.traccar import decode
from hub.web.problems import Problem
from tests.unit.web.devices.odd_messages import anything, assert_fit, messages, only

LOCATION: dict[str, Any] = {
    "timestamp": "2026-01-26T16:05:10.000Z",
    "coords": {
        "latitude": 53.449188,
        "longitude": -2.913481,
        "accuracy": 6.5,
        "speed": 9.2,
        "heading": 68,
        "altitude": 31,
    },
    "is_moving": True,
    "odometer": 48211,
    "event": "motionchange",
    "mock": False,
    "battery": {"level": 0.76, "is_charging": False},
    "activity": {"type": "in_vehicle"},
    "extras": {"job": "J-9"},
    "_": "&id=token&lat=53.449188&lon=-2.913481",
}
PING = Ping(
    lat=53.449188,
    lon=-2.913481,
    at=datetime(2026, 1, 26, 16, 5, 10, tzinfo=UTC),
    accuracy_m=6.5,
    speed_mps=9.2,
    heading_deg=68.0,
    altitude_m=31.0,
    battery=0.76,
)
coords = messages(*LOCATION["coords"]).map(lambda some: LOCATION["coords"] | some)
locations = messages(*LOCATION, "uuid").map(lambda some: LOCATION | some) | coords.map(
    lambda some: LOCATION | {"coords": some}
)


def _told(location: Any) -> Told:
    found, told = decode(msgspec.json.encode({"device_id": "device", "location": location}))
    assert found == "device"
    return told


def test_a_location_is_read_with_its_units() -> None:
    assert only(_told(LOCATION)) == PING


def test_a_batch_is_read_in_its_order_with_names() -> None:
    told = _told([LOCATION | {"uuid": "a"}, LOCATION | {"uuid": "b", "timestamp": 1769443520000}])

    assert [(ping.id, ping.at.second) for ping in told.pings if ping] == [("a", 10), ("b", 20)]


def test_minus_one_is_unknown() -> None:
    unknown = {"speed": -1, "heading": -1, "accuracy": -1, "altitude": -1}
    ping = only(_told(LOCATION | {"coords": LOCATION["coords"] | unknown, "battery": {"level": -1}}))

    assert (ping.speed_mps, ping.heading_deg, ping.accuracy_m, ping.battery, ping.altitude_m) == (None,) * 5


@pytest.mark.parametrize("location", [{"battery": {"level": 0.5}}, {"coords": None, "battery": {"level": 0.5}}])
def test_without_coordinates_the_phone_is_still_alive(location: Any) -> None:
    assert _told(location) == Told(battery=0.5)
    assert _told([location]) == Told(battery=0.5)


@pytest.mark.parametrize("location", [None, []])
def test_without_a_location_too(location: Any) -> None:
    assert _told(location) == Told()


def test_a_made_up_position_is_noted() -> None:
    assert only(_told(LOCATION | {"mock": True})).mock


@pytest.mark.parametrize(
    "bad", [7, "x", [[]], {"coords": 7}, {"coords": {}}, LOCATION | {"timestamp": "x"}, LOCATION | {"timestamp": None}]
)
def test_a_malformed_location_spoils_only_itself(bad: Any) -> None:
    assert list(_told([LOCATION, bad, LOCATION]).pings) == [PING, None, PING]
    if not isinstance(bad, list):
        assert list(_told(bad).pings) == [None]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b'{"device_id":' * 9_999])
def test_what_is_no_upload_names_no_device(body: bytes) -> None:
    token, told = decode(body)

    assert token is None
    assert list(told.pings) == [None]


@given(st.binary())
@example(b'{"device_id": "\\ud800", "location": {"uuid": "\\ud800"}}')
@example(b'{"location": [' + b"[" * 50_000)
@example(b'{"location": ' + b"[" * 50_000 + b"]" * 50_000 + b"}")
def test_any_bytes_are_read_or_malformed(body: bytes) -> None:
    assert_fit(decode(body)[1])


@given(anything | (locations | st.lists(locations) | anything).map(lambda one: {"device_id": "token", "location": one}))
def test_anything_like_an_upload_is_read_or_malformed(value: Any) -> None:
    assert_fit(decode(msgspec.json.encode(value))[1])


@given(st.lists(locations | st.none() | st.integers(), max_size=5))
def test_every_location_of_a_batch_is_a_ping_or_a_sign_of_life(value: list[Any]) -> None:
    told = _told(value)

    alive = sum(one is None or (isinstance(one, dict) and one.get("coords") is None) for one in value)
    assert len(value) - alive <= len(told.pings) <= len(value)
    assert told.fault is None


def test_too_many_locations_are_refused_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traccar, "_one", lambda _: pytest.fail("was read"))

    with pytest.raises(Problem) as refused:
        _told([LOCATION] * (MOST_PINGS + 1))

    assert refused.value.status == 413
