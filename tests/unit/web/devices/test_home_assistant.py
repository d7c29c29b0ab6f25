"""Read messages of Home Assistant's companion app."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.domain.ping import Ping
from hub.web.devices.home_assistant import decode
from hub.web.devices.reading import EncryptedError
from hub.web.devices.taking import Told
from tests.builders import NOW
from tests.unit.web.devices.odd_messages import anything, assert_fit, messages, only

DATA: dict[str, Any] = {
    "gps": [53.4491, -2.9135],
    "gps_accuracy": 7,
    "battery": 76,
    "speed": 9,
    "altitude": 31,
    "course": 68,
    "vertical_accuracy": 3,
}


def _told(data: Any, kind: str = "update_location") -> Told:
    return decode(msgspec.json.encode({"type": kind, "data": data}), NOW)


def test_an_update_is_where_the_phone_is_now() -> None:
    assert only(_told(DATA)) == Ping(
        lat=53.4491,
        lon=-2.9135,
        at=NOW,
        accuracy_m=7.0,
        speed_mps=9.0,
        heading_deg=68.0,
        altitude_m=31.0,
        battery=0.76,
    )


@pytest.mark.parametrize(
    "data", [{"battery": 76}, {"battery": 76, "location_name": "home"}, {"battery": 76, "gps": None}]
)
def test_without_a_place_the_phone_is_still_alive(data: dict[str, Any]) -> None:
    assert _told(data) == Told(battery=0.76)


def test_other_messages_say_no_more_than_that() -> None:
    assert _told(DATA, "update_sensor_states") == _told([DATA], "register_sensor") == Told()


@pytest.mark.parametrize(
    "data", [7, [], {"gps": "here"}, {"gps": []}, {"gps": [53.4]}, {"gps": [91, 0]}, {"gps": {}, "battery": 76}]
)
def test_an_update_without_a_readable_place_is_malformed(data: Any) -> None:
    assert list(_told(data).pings) == [None]


@pytest.mark.parametrize("body", [b"[]", b"7", b"{}", b'{"type": 7}'])
def test_what_is_no_message_is_malformed(body: bytes) -> None:
    assert list(decode(body, NOW).pings) == [None]


def test_an_encrypted_update_is_told_from_all_others() -> None:
    with pytest.raises(EncryptedError):
        decode(b'{"type": "update_location", "encrypted": true, "encrypted_data": "x"}', NOW)


def _survives(body: bytes) -> None:
    with suppress(EncryptedError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        assert_fit(decode(body, NOW))


@given(st.binary())
@example(b"[" * 100_000)
@example(b'{"type": "update_location", "data": ' + b"[" * 100_000)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _survives(body)


@given(
    anything
    | messages(*DATA).map(lambda some: {"type": "update_location", "data": DATA | some})
    | messages("type", "data", "encrypted")
)
def test_anything_like_a_message_is_read_or_refused(value: Any) -> None:
    _survives(msgspec.json.encode(value))
