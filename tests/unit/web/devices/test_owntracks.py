"""Read messages of OwnTracks."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.domain.ping import Ping
from hub.domain.silence import Silence
from hub.web.devices.owntracks import decode
from hub.web.devices.reading import EncryptedError
from hub.web.devices.taking import Told
from tests.unit.web.devices.odd_messages import anything, assert_fit, messages, only

LOCATION: dict[str, Any] = {
    "_type": "location",
    "lat": 53.4491,
    "lon": -2.9135,
    "tst": 1769443510,
    "created_at": 1769443514,
    "acc": 7,
    "alt": 31,
    "vac": 3,
    "vel": 36,
    "cog": 68,
    "batt": 76,
    "bs": 1,
    "t": "u",
    "tid": "T7",
    "conn": "m",
    "m": 2,
    "inregions": ["depot"],
    "inrids": ["5f1d1b"],
    "topic": "owntracks/alice/phone",
    "_id": "c5bf0e62",
}


def _told(**more: Any) -> Told:
    return decode(msgspec.json.encode(LOCATION | more))


def _survives(body: bytes) -> None:
    with suppress(EncryptedError):
        assert_fit(decode(body))


def test_a_location_is_read_with_its_units() -> None:
    assert only(_told()) == Ping(
        lat=53.4491,
        lon=-2.9135,
        at=datetime(2026, 1, 26, 16, 5, 10, tzinfo=UTC),
        accuracy_m=7.0,
        speed_mps=10.0,
        heading_deg=68.0,
        altitude_m=31.0,
        battery=0.76,
        id="c5bf0e62",
    )


def test_what_is_missing_or_minus_one_is_unknown() -> None:
    bare = {name: LOCATION[name] for name in ("_type", "lat", "lon", "tst")}
    negative = dict.fromkeys(("acc", "alt", "vel", "cog", "batt"), -1)

    assert decode(msgspec.json.encode(bare)) == decode(msgspec.json.encode(bare | negative))


@pytest.mark.parametrize("kind", ["transition", "waypoint", "waypoints", "status", "steps", "card", "beacon", "new"])
def test_only_a_location_is_a_position(kind: str) -> None:
    assert _told(_type=kind) == Told(battery=0.76)


def test_a_last_will_is_silence() -> None:
    assert decode(b'{"_type": "lwt", "tst": 1769443510}') == Told(silence=Silence.LAST_WILL)


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_body_says_no_more_than_that_the_phone_is_there(body: bytes) -> None:
    assert decode(body) == Told()


def test_an_encrypted_message_is_told_from_all_others() -> None:
    with pytest.raises(EncryptedError):
        decode(b'{"_type": "encrypted", "data": "1Vu7Owp"}')


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"null", b"{}", b'{"_type": 7}', b"\xff", b"[" * 100_000])
def test_what_is_no_message_is_one_malformed_ping(body: bytes) -> None:
    assert list(decode(body).pings) == [None]


@pytest.mark.parametrize(
    ("name", "value"), [("lat", "north"), ("lat", None), ("lon", 181), ("tst", "x"), ("tst", None)]
)
def test_a_location_without_place_or_time_is_malformed(name: str, value: Any) -> None:
    told = _told(**{name: value})

    assert list(told.pings) == [None]
    assert told.fault is not None
    assert told.fault.at == f"$.{name}"


def test_an_odd_detail_costs_no_position() -> None:
    assert only(_told(acc={}, vel="fast", batt=[], cog=None, _id=7)).lat == 53.4491


@given(st.binary())
@example(b'{"_type": "location", "lat": 1, "lon": 1, "tst": 1, "_id": "\\ud800"}')
@example(b'{"_type": "location", "lat": 1, "lon": 1, "tst": 1, "_id": "\\u0000"}')
@example(b'{"_type": "location", "lat": 1e999, "lon": 1, "tst": NaN}')
def test_any_bytes_are_read_or_malformed(body: bytes) -> None:
    _survives(body)


@given(anything | messages(*LOCATION).map(lambda some: LOCATION | some))
def test_anything_like_a_message_is_read_or_malformed(value: Any) -> None:
    _survives(msgspec.json.encode(value))
