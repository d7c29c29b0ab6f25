"""Read positions of GPSLogger's custom URL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from hub.domain.ping import Ping
from hub.web.devices.gpslogger import decode
from hub.web.devices.taking import Told
from tests.unit.web.devices.odd_messages import assert_fit, only, parameters

AT = datetime(2026, 1, 26, 16, 5, 10, tzinfo=UTC)
DEFAULT = {"lat": "53.4491", "longitude": "-2.9135", "time": "2026-01-26T16:05:10.000Z", "s": "9.2"}
ALL = {
    "lat": "53.4491",
    "lon": "-2.9135",
    "sat": "9",
    "desc": "",
    "alt": "31.0",
    "acc": "7.0",
    "dir": "68.0",
    "prov": "gps",
    "spd_kph": "33.12",
    "spd": "9.2",
    "timestamp": "1769443510",
    "timeoffset": "2026-01-26T18:05:10.000+02:00",
    "time": "2026-01-26T16:05:10.000Z",
    "starttimestamp": "1769440000",
    "date": "2026-01-26",
    "batt": "76.0",
    "ischarging": "false",
    "aid": "a1",
    "ser": "s1",
    "act": "IN_VEHICLE",
    "filename": "20260126",
    "profile": "Default+Profile",
    "hdop": "0.8",
    "vdop": "",
    "pdop": "",
    "dist": "12",
}


def test_the_apps_own_default_is_read() -> None:
    assert only(decode(DEFAULT)) == Ping(lat=53.4491, lon=-2.9135, at=AT, speed_mps=9.2)


def test_all_is_read_with_its_units() -> None:
    assert only(decode(ALL)) == Ping(
        lat=53.4491,
        lon=-2.9135,
        at=AT,
        accuracy_m=7.0,
        speed_mps=9.2,
        heading_deg=68.0,
        altitude_m=31.0,
        battery=0.76,
    )


def test_kilometres_an_hour_are_understood_where_nothing_else_tells_the_speed() -> None:
    told = decode({name: text for name, text in ALL.items() if name != "spd"} | {"spd_kph": "36"})

    assert only(told).speed_mps == 10.0


def test_a_receiver_that_tells_no_accuracy_writes_nothing_or_zero() -> None:
    assert only(decode(ALL | {"acc": "0.0"})) == only(decode(ALL | {"acc": ""}))


def test_without_a_position_the_phone_is_still_alive() -> None:
    assert decode({"batt": "76.0"}) == Told(battery=0.76)


@pytest.mark.parametrize(
    ("more", "at"),
    [({"lat": "%LAT"}, "$.lat"), ({"longitude": "181"}, "$.lon"), ({"time": ""}, "$.time"), ({"time": "x"}, "$.time")],
)
def test_a_malformed_number_is_named(more: dict[str, str], at: str) -> None:
    told = decode(DEFAULT | more)

    assert list(told.pings) == [None]
    assert told.fault is not None
    assert told.fault.at == at


@given(parameters(*ALL, *DEFAULT))
def test_any_parameters_are_read_or_malformed(some: dict[str, str]) -> None:
    assert_fit(decode(some))
    assert_fit(decode(ALL | some))
