"""Read batches of Overland."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.domain.ping import Ping
from hub.web.devices import overland
from hub.web.devices.overland import decode
from hub.web.devices.taking import MOST_PINGS, Told
from hub.web.problems import Problem
from tests.unit.web.devices.odd_messages import anything, assert_fit, messages, only

PROPERTIES: dict[str, Any] = {
    "timestamp": "2026-01-26T16:05:10Z",
    "altitude": 31,
    "speed": 9,
    "course": 68,
    "horizontal_accuracy": 7,
    "vertical_accuracy": 3,
    "motion": ["driving"],
    "battery_state": "unplugged",
    "battery_level": 0.76,
    "wifi": "",
    "device_id": "tech-17",
}
FEATURE: dict[str, Any] = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [-2.9135, 53.4491]},
    "properties": PROPERTIES,
}
PING = Ping(
    lat=53.4491,
    lon=-2.9135,
    at=datetime(2026, 1, 26, 16, 5, 10, tzinfo=UTC),
    accuracy_m=7.0,
    speed_mps=9.0,
    heading_deg=68.0,
    altitude_m=31.0,
    battery=0.76,
)
features = (
    messages(*FEATURE).map(lambda some: FEATURE | some)
    | messages(*PROPERTIES, "action").map(lambda some: FEATURE | {"properties": PROPERTIES | some})
    | st.lists(anything).map(lambda some: FEATURE | {"geometry": {"coordinates": some}})
)


def _told(*locations: Any, **more: Any) -> Told:
    return decode(msgspec.json.encode({"locations": locations, **more}))


def _with(**properties: Any) -> dict[str, Any]:
    return FEATURE | {"properties": PROPERTIES | properties}


def test_a_point_is_read_with_its_units_longitude_first() -> None:
    assert only(_told(FEATURE)) == PING


def test_the_current_point_goes_first_then_the_batch() -> None:
    current = _with(timestamp="2026-01-26T16:07:00Z")
    told = _told(FEATURE, _with(timestamp="2026-01-26T16:06:00Z"), current=current, trip={"mode": "car"})

    assert [ping.at.minute for ping in told.pings if ping] == [7, 5, 6]


def test_minus_one_is_unknown() -> None:
    unknown = dict.fromkeys(("speed", "course", "horizontal_accuracy", "battery_level", "altitude"), -1)
    ping = only(_told(_with(**unknown)))

    assert (ping.speed_mps, ping.heading_deg, ping.accuracy_m, ping.battery, ping.altitude_m) == (None,) * 5


def test_an_event_is_no_position() -> None:
    assert _told(_with(action="enter_background")) == Told(battery=0.76)


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        {},
        FEATURE | {"geometry": None},
        FEATURE | {"geometry": {"coordinates": [1]}},
        FEATURE | {"geometry": {"coordinates": [0, 91]}},
        FEATURE | {"geometry": {"coordinates": "x"}},
        FEATURE | {"properties": []},
        _with(timestamp=None),
    ],
)
def test_a_malformed_point_spoils_only_itself(bad: Any) -> None:
    assert list(_told(FEATURE, bad, FEATURE).pings) == [PING, None, PING]


def test_nothing_is_nothing() -> None:
    assert _told() == decode(b'{"locations": null}') == decode(b'{"current": null}') == Told()


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"", 400), (b"[]", 422), (b'{"locations": 7}', 422)])
def test_what_is_no_batch_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(Problem) as raised:
        decode(body)
    assert raised.value.status == status


def _survives(body: bytes) -> None:
    with suppress(Problem):
        assert_fit(decode(body))


@given(st.binary())
@example(b"[" * 100_000)
@example(b'{"locations": [' + b"[" * 50_000 + b"]" * 50_000 + b"]}")
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _survives(body)


@given(
    anything | st.builds(lambda all_, one: {"locations": all_, "current": one}, st.lists(features) | anything, features)
)
def test_anything_like_a_batch_is_read_or_refused(value: Any) -> None:
    _survives(msgspec.json.encode(value))


@given(st.lists(features | anything, max_size=5))
def test_every_point_is_a_ping_or_an_event(value: list[Any]) -> None:
    told = decode(msgspec.json.encode({"locations": value}))

    events = sum(bool(_action(one)) for one in value)
    assert len(value) - events <= len(told.pings) <= len(value)


def _action(feature: Any) -> Any:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties.get("action") if isinstance(properties, dict) else None


def test_too_many_locations_are_refused_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overland, "_ping", lambda _: pytest.fail("was read"))

    with pytest.raises(Problem) as refused:
        _told(*[FEATURE] * (MOST_PINGS + 1))

    assert refused.value.status == 413
