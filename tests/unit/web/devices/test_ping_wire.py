"""Read pings as devices write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.domain.ping import Ping, history_key, ping_keys
from hub.web.devices import ping_wire
from hub.web.devices.ping_wire import TooManyPingsError, read_pings
from tests.builders import NOW

LIMIT = 5
REFUSALS = (msgspec.DecodeError, RecursionError, TooManyPingsError, UnicodeDecodeError)
"""What `read_pings` may raise; `msgspec.ValidationError` is a `DecodeError`."""

GOOD = {"lat": 60.17, "lon": 24.94, "at": "2026-11-23T14:00:00Z"}
VALUES = ("accuracy_m", "speed_mps", "heading_deg", "altitude_m", "battery")

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
odd_pings = st.dictionaries(
    st.sampled_from([*GOOD, *VALUES, "id", "more"]), scalars | st.sampled_from([*GOOD.values(), -1, 90, 1e300, -1e20])
).map(lambda some: {**GOOD, **some})


def _one(**more: Any) -> Ping:
    [ping] = read_pings(msgspec.json.encode(GOOD | more), LIMIT)
    assert ping is not None
    return ping


def _survives(text: bytes | str) -> None:
    """Read a text; the pings found must be fit for everything that is done with them."""
    try:
        pings = read_pings(text, LIMIT)
    except REFUSALS:
        return
    assert isinstance(pings, list)
    for ping in pings:
        if ping is not None:
            assert ping.at.utcoffset() == timedelta(0)
            assert ping_keys(ping)
            assert history_key(ping)
            assert msgspec.json.decode(msgspec.json.encode(ping), type=Ping) == ping


@given(st.binary())
@example(b"")
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"\xff\xfe[1]")
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    _survives(text)


@given(st.text())
@example('{"lat": 1, "lon": 1, "at": 1, "id": "\\ud800"}')
@example('[{"lat": 1, "lon": 1, "at": 1, "id": "\\udfff\\ud800"}]')
@example('{"lat": 1, "lon": 1, "at": 1, "id": "\\u0000"}')
@example('{"lat": NaN, "lon": 1, "at": 1}')
@example('{"lat": 1, "lon": 1, "at": 1e999}')
def test_any_text_is_read_or_refused(text: str) -> None:
    _survives(text)


@given(anything)
def test_any_json_is_read_or_refused(value: Any) -> None:
    _survives(msgspec.json.encode(value))


@given(odd_pings | st.lists(odd_pings | anything, max_size=7))
def test_anything_like_pings_is_read_or_refused(value: Any) -> None:
    _survives(msgspec.json.encode(value))


@given(st.lists(odd_pings | anything, max_size=LIMIT))
def test_an_array_gives_one_answer_for_each_of_its_elements(value: list[Any]) -> None:
    assert len(read_pings(msgspec.json.encode(value), LIMIT)) == len(value)


def test_a_ping_is_read_with_all_it_says() -> None:
    said: dict[str, Any] = dict(zip(VALUES, (8.0, 9.5, 270.0, -12.0, 0.83), strict=True)) | {"id": "a"}

    assert _one(**said, new="ignored") == Ping(lat=60.17, lon=24.94, at=NOW, **said)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("unknown", [-1, -1.0, None])
def test_minus_one_and_null_are_unknown(name: str, unknown: float | None) -> None:
    assert getattr(_one(**{name: unknown}), name) is None


@pytest.mark.parametrize(
    ("name", "value"), [("heading_deg", 361), ("battery", 83), ("speed_mps", -0.5), ("accuracy_m", -3)]
)
def test_a_value_that_cannot_be_is_unknown(name: str, value: float) -> None:
    assert getattr(_one(**{name: value}), name) is None


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-23T14:00:00Z",
        "2026-11-23T16:00:00+02:00",
        "2026-11-23T14:00:00.000000Z",
        1_795_442_400,
        1_795_442_400.0,
    ],
)
def test_a_time_may_have_any_offset_or_be_unix_seconds(at: str | float) -> None:
    assert _one(at=at).at == NOW
    assert _one(at=at).at.tzinfo is UTC


def test_unix_seconds_may_have_fractions() -> None:
    assert _one(at=1_795_442_400.25).at == NOW + timedelta(milliseconds=250)


@pytest.mark.parametrize(
    "at",
    ["2026-11-23T14:00:00", "yesterday", "", None, True, [], 1e300, -1e300, 1e17, "0001-01-01T00:00:00+14:00"],
)
def test_what_is_no_moment_is_malformed(at: Any) -> None:
    text = msgspec.json.encode([GOOD | {"at": at}, GOOD])

    assert read_pings(text, LIMIT) == [None, _one()]
    with pytest.raises(msgspec.ValidationError, match=r"at `\$\.at`"):
        read_pings(msgspec.json.encode(GOOD | {"at": at}), LIMIT)


@pytest.mark.parametrize(
    ("lat", "lon", "good"), [(90, 180, True), (-90, -180, True), (90.1, 0, False), (0, -181, False)]
)
def test_a_place_lies_on_the_earth(lat: float, lon: float, *, good: bool) -> None:
    [ping] = read_pings(msgspec.json.encode([GOOD | {"lat": lat, "lon": lon}]), LIMIT)

    assert (ping is not None) == good


@pytest.mark.parametrize("name", ["lat", "lon", "at"])
def test_the_first_three_are_required(name: str) -> None:
    partial = {key: value for key, value in GOOD.items() if key != name}

    with pytest.raises(msgspec.ValidationError, match=name):
        read_pings(msgspec.json.encode(partial), LIMIT)


def test_one_malformed_ping_never_spoils_its_batch() -> None:
    text = msgspec.json.encode([GOOD, 7, None, GOOD | {"lat": "north"}, GOOD | {"id": "b"}])

    assert read_pings(text, LIMIT) == [_one(), None, None, None, _one(id="b")]


def test_an_empty_array_holds_no_pings() -> None:
    assert read_pings(b" [ ] ", LIMIT) == []


@pytest.mark.parametrize("element", [GOOD, {}])
def test_more_than_the_limit_are_too_many_whatever_they_are(element: Any) -> None:
    assert len(read_pings(msgspec.json.encode([element] * LIMIT), LIMIT)) == LIMIT
    with pytest.raises(TooManyPingsError):
        read_pings(msgspec.json.encode([element] * (LIMIT + 1)), LIMIT)


def test_too_many_are_noticed_before_each_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ping_wire, "_or_none", lambda _: pytest.fail("was read"))

    with pytest.raises(TooManyPingsError):
        read_pings(msgspec.json.encode([7] * (LIMIT + 1)), LIMIT)


def test_text_and_bytes_are_read_alike() -> None:
    text = msgspec.json.encode([GOOD])

    assert read_pings(text.decode(), LIMIT) == read_pings(text, LIMIT)


def test_times_are_told_apart_down_to_the_microsecond() -> None:
    assert _one(at="2026-11-23T14:00:00.000001Z").at == datetime(2026, 11, 23, 14, 0, 0, 1, tzinfo=UTC)
