"""Read numbers and times as other apps write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from hub.web.devices.reading import UnreadableError, charge, flag, moment, number, pair, percent, ping_of, positive
from tests.builders import NOW
from tests.unit.web.devices.odd_messages import anything

AT = datetime(2026, 1, 26, 16, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        1_769_443_510,
        "1769443510",
        1_769_443_510_000,
        "1769443510000",
        "2026-01-26T16:05:10Z",
        "2026-01-26T16:05:10.000Z",
        "2026-01-26T18:05:10+02:00",
        "2026-01-26T18:05:10 02:00",
        "2026-01-26T16:05:10",
        "2026-01-26 16:05:10",
        " 2026-01-26 16:05:10 ",
    ],
)
def test_a_time_is_seconds_milliseconds_or_text_in_utc(written: Any) -> None:
    assert moment(written, "at") == AT


@pytest.mark.parametrize(
    "written", [None, True, "", "yesterday", "%TIME", "NaN", "1e999", 1e300, -1e300, 10**400, [], "9" * 5_000]
)
def test_what_is_no_time_is_named(written: Any) -> None:
    with pytest.raises(UnreadableError, match="tst"):
        moment(written, "tst")


@pytest.mark.parametrize(("written", "read"), [(7, 7.0), ("7.5", 7.5), ("-1", -1.0), (" 8 ", 8.0)])
def test_numbers_may_be_written_as_text(written: Any, read: float) -> None:
    assert number(written) == read


@pytest.mark.parametrize("written", [None, True, "", "x", "NaN", "inf", "1e999", 10**400, {}, [], "1" * 41])
def test_what_is_no_finite_number_is_unknown(written: Any) -> None:
    assert number(written) is None


def test_batteries_are_told_from_0_to_1_or_in_percent() -> None:
    assert charge(0.76) == percent(76) == percent("76.0") == 0.76
    assert [charge(-1), charge(76), percent(-1), percent(101)] == [None] * 4


def test_minus_one_and_an_accuracy_of_nothing_are_unknown() -> None:
    unknown = ping_of(60.17, 24.94, NOW, accuracy_m=0, speed=-1, heading_deg=-1, altitude_m=-1)

    assert unknown == ping_of("60.17", "24.94", NOW)


@pytest.mark.parametrize(
    ("lat", "lon", "name"),
    [(91, 0, "lat"), ("north", 0, "lat"), (None, 0, "lat"), (0, -180.1, "lon"), (0, True, "lon")],
)
def test_a_place_lies_on_the_earth(lat: Any, lon: Any, name: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        ping_of(lat, lon, NOW)
    assert raised.value.name == name


def test_a_switch_is_on_when_it_says_so() -> None:
    assert [flag(value) for value in (True, "true", "1", "TRUE", False, None, "no", 7)] == [True] * 4 + [False] * 4


@given(anything)
def test_anything_is_read_or_named(value: Any) -> None:
    for read in (number, positive, charge, percent, flag, pair):
        read(value)
    try:
        assert moment(value, "at").tzinfo is UTC
        assert ping_of(value, value, NOW, accuracy_m=value, speed=value, altitude_m=value, id=value)
    except UnreadableError:
        pass
