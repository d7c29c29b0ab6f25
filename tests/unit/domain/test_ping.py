"""Name pings, so that one sent twice is known."""

from __future__ import annotations

import re
from datetime import timedelta, timezone

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geodesy import Point
from hub.domain.ping import LONGEST_NAME, Ping, history_key, ping_keys, short_name
from tests.unit.domain.pings import ping, some_pings


def test_a_ping_tells_its_place() -> None:
    assert ping().place == Point(60.17, 24.94)


@given(some_pings())
def test_a_ping_has_a_key_for_its_time_and_place_and_one_for_its_id(one: Ping) -> None:
    keys = ping_keys(one)

    assert len(keys) == (1 if one.id is None else 2)
    assert all(re.fullmatch("[0-9a-f]{16}", key) for key in keys)
    assert len(history_key(one)) == 16


@given(some_pings(), some_pings())
def test_two_pings_share_a_key_where_they_share_time_and_place_or_id(one: Ping, other: Ping) -> None:
    same_place = (one.at, one.lat, one.lon) == (other.at, other.lat, other.lon)
    same_id = one.id is not None and one.id == other.id

    assert bool(set(ping_keys(one)) & set(ping_keys(other))) == (same_place or same_id)
    assert (history_key(one) == history_key(other)) == same_place


@given(some_pings(), st.integers(-12, 14))
def test_the_offset_in_which_a_time_is_told_makes_no_difference(one: Ping, hours: int) -> None:
    elsewhere = msgspec.structs.replace(one, at=one.at.astimezone(timezone(timedelta(hours=hours))))

    assert ping_keys(elsewhere) == ping_keys(one)
    assert history_key(elsewhere) == history_key(one)


@given(some_pings())
def test_what_else_a_ping_says_makes_no_other_ping_of_it(one: Ping) -> None:
    other = msgspec.structs.replace(one, accuracy_m=77.0, speed_mps=3.0, battery=0.5)

    assert ping_keys(other) == ping_keys(one)


def test_an_id_that_looks_like_a_key_is_no_place() -> None:
    place = ping_keys(ping())[0]

    assert place not in ping_keys(ping(1, name=place))


@given(st.text(), st.text())
def test_a_name_of_any_length_stays_short_and_its_own(name: str, other: str) -> None:
    long_name, long_other = name + "n" * LONGEST_NAME, other + "n" * LONGEST_NAME

    assert len(short_name(long_name)) <= LONGEST_NAME
    assert (short_name(long_name) == short_name(long_other)) == (name == other)


@given(st.text(max_size=LONGEST_NAME))
def test_a_usual_name_stays_as_it_is(name: str) -> None:
    assert short_name(name) == name
