"""Read positions of OsmAnd and of Traccar Client's first protocol."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from hub.domain.ping import Ping
from hub.web.devices.osmand import decode
from hub.web.devices.taking import Told
from tests.builders import NOW
from tests.unit.web.devices.odd_messages import assert_fit, only, parameters

SAMPLE = {
    "id": "token",
    "lat": "53.4084",
    "lon": "-2.9916",
    "timestamp": "1769443200",
    "speed": "18.4",
    "bearing": "271",
    "altitude": "22",
    "accuracy": "8",
    "batt": "76",
    "charge": "false",
}


def test_a_position_is_read_with_its_units() -> None:
    ping = only(decode(SAMPLE, NOW))

    assert ping.speed_mps == pytest.approx(9.4658, abs=1e-4)
    assert ping == Ping(
        lat=53.4084,
        lon=-2.9916,
        at=datetime(2026, 1, 26, 16, 0, tzinfo=UTC),
        accuracy_m=8.0,
        speed_mps=ping.speed_mps,
        heading_deg=271.0,
        altitude_m=22.0,
        battery=0.76,
    )


@pytest.mark.parametrize(
    "written",
    ["1769443200", "1769443200000", "2026-01-26T16:00:00Z", "2026-01-26T18:00:00+02:00", "2026-01-26 16:00:00"],
)
def test_a_time_has_many_forms(written: str) -> None:
    assert only(decode(SAMPLE | {"timestamp": written}, NOW)) == only(decode(SAMPLE, NOW))


def test_without_a_time_it_is_now() -> None:
    assert only(decode(SAMPLE | {"timestamp": ""}, NOW)).at == NOW


def test_a_location_may_be_one_parameter_and_a_bearing_a_heading() -> None:
    other = {name: text for name, text in SAMPLE.items() if name not in ("lat", "lon", "bearing")}

    assert decode(other | {"location": "53.4084,-2.9916", "heading": "271"}, NOW) == decode(SAMPLE, NOW)


@pytest.mark.parametrize("more", [{"lat": "", "lon": ""}, {"valid": "false"}, {"valid": "0"}])
def test_without_a_position_the_phone_is_still_alive(more: dict[str, str]) -> None:
    assert decode(SAMPLE | more, NOW) == Told(battery=0.76)


def test_a_speed_may_be_told_in_metres_per_second() -> None:
    assert only(decode(SAMPLE | {"speed_mps": "9.5"}, NOW)).speed_mps == 9.5


def test_a_made_up_position_is_noted() -> None:
    assert only(decode(SAMPLE | {"mock": "true"}, NOW)).mock


def test_minus_one_is_unknown() -> None:
    ping = only(decode(SAMPLE | dict.fromkeys(("speed", "bearing", "accuracy", "batt", "altitude"), "-1"), NOW))

    assert (ping.speed_mps, ping.heading_deg, ping.accuracy_m, ping.battery, ping.altitude_m) == (None,) * 5


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"lat": "north"}, "$.lat"),
        ({"lat": "NaN"}, "$.lat"),
        ({"lon": ""}, "$.lon"),
        ({"location": "53.4"}, "$.lon"),
        ({"timestamp": "soon"}, "$.timestamp"),
    ],
)
def test_a_malformed_number_is_named(more: dict[str, str], at: str) -> None:
    told = decode(SAMPLE | more, NOW)

    assert list(told.pings) == [None]
    assert told.fault is not None
    assert told.fault.at == at


@given(parameters(*SAMPLE, "location", "heading", "valid", "mock"))
def test_any_parameters_are_read_or_malformed(some: dict[str, str]) -> None:
    assert_fit(decode(some, NOW))
    assert_fit(decode(SAMPLE | some, NOW))
