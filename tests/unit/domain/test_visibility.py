"""Decide how much of a technician's place a customer may know."""

from __future__ import annotations

import math
from datetime import timedelta

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.domain.geodesy import METRES_PER_DEGREE, Point, distance_m
from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import Eta, EtaSource, LivePosition, RouteLine
from hub.domain.visibility import (
    AREA_M,
    HOLD,
    MARGIN_M,
    OPEN,
    Rules,
    Sight,
    cell_of,
    in_minutes,
    is_area,
    is_closed,
    veil,
)
from hub.domain.visit_view import LiveFacts, freshness_message, shown, snapshot, status_message
from tests.builders import NOW
from tests.unit.domain.visits import VISIT, visit

LOST_AFTER = timedelta(seconds=120)
NEAR = Rules(exact_within_m=300)
SOON = Rules(exact_within_min=5)

lats = st.floats(-84, 84)
lons = st.floats(-180, 180, exclude_max=True)
places = st.builds(Point, lats, lons)
seconds = st.floats(0, 3_600)


def at(place: Point, after_s: float = 0.0) -> LivePosition:
    moment = NOW + timedelta(seconds=after_s)
    return LivePosition(lat=place.lat, lon=place.lon, at=moment, heading_deg=87.3, speed_mps=9.25, accuracy_m=7.5)


def eta(left_s: float) -> Eta:
    arrives = NOW + timedelta(seconds=left_s)
    early, late = timedelta(seconds=left_s * 0.1), timedelta(seconds=60 + left_s * 0.25)
    return Eta(
        at=arrives,
        earliest=arrives - early,
        latest=arrives + late,
        confidence=0.8,
        computed_at=NOW,
        source=EtaSource.ROUTE,
    )


def moved(place: Point, north_m: float, east_m: float) -> Point:
    lon = place.lon + east_m / (METRES_PER_DEGREE * math.cos(math.radians(place.lat)))
    return Point(place.lat + north_m / METRES_PER_DEGREE, (lon + 180) % 360 - 180)


@given(places)
def test_a_place_is_within_the_area_that_is_shown_for_it(place: Point) -> None:
    assert distance_m(place, cell_of(place)) <= AREA_M


@given(places)
def test_the_middle_of_a_cell_lies_in_that_cell(place: Point) -> None:
    assert cell_of(cell_of(place)) == cell_of(place)


@given(places, st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), min_size=2, max_size=6))
def test_many_looks_at_one_cell_tell_no_more_than_one(place: Point, steps: list[tuple[float, float]]) -> None:
    middle = cell_of(place)
    shown_at = {veil(None, at(moved(middle, *step)), None, NOW).position.lat for step in steps}
    assert len(shown_at) == 1


@given(places, st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=8))
def test_somebody_who_wavers_at_a_border_stays_in_their_cell(place: Point, noise: list[tuple[float, float]]) -> None:
    veiled = veil(None, at(place), None, NOW)
    for minute, (north, east) in enumerate(noise, 1):
        now = NOW + minute * (HOLD + timedelta(seconds=1))
        near_by = moved(place, north * MARGIN_M * 0.9, east * MARGIN_M * 0.9)
        assume(abs(near_by.lat) < 84)
        again = veil(veiled, at(near_by, minute * 61), None, now)
        assert (again.position.lat, again.position.lon) == (veiled.position.lat, veiled.position.lon)
        veiled = again


@given(places, places, st.integers(0, int(HOLD.total_seconds()) - 1))
def test_within_a_minute_nothing_moves_wherever_they_drive(here: Point, there: Point, after_s: int) -> None:
    first = veil(None, at(here), eta(900), NOW)
    assert veil(first, at(there, after_s), eta(500), NOW + timedelta(seconds=after_s)) == first


@given(places, places)
def test_whoever_drove_away_is_shown_where_they_are_a_minute_later(here: Point, there: Point) -> None:
    assume(distance_m(here, there) > 5_000)
    later = veil(veil(None, at(here), None, NOW), at(there, 60), None, NOW + HOLD)
    assert distance_m(Point(later.position.lat, later.position.lon), there) <= AREA_M


@given(places, seconds)
def test_an_area_tells_neither_speed_nor_direction_nor_the_second_of_the_arrival(place: Point, left_s: float) -> None:
    veiled = veil(None, at(place), eta(left_s), NOW)

    assert (veiled.position.heading_deg, veiled.position.speed_mps) == (None, None)
    assert veiled.position.accuracy_m == AREA_M
    assert veiled.eta is not None
    times = (veiled.eta.at, veiled.eta.earliest, veiled.eta.latest, veiled.eta.computed_at)
    assert {(time.second, time.microsecond) for time in times} == {(0, 0)}


@given(seconds)
def test_a_range_in_minutes_holds_all_that_the_exact_one_held(left_s: float) -> None:
    exact, rounded = eta(left_s), in_minutes(eta(left_s))

    assert rounded is not None
    assert rounded.earliest <= exact.earliest <= exact.latest <= rounded.latest
    assert rounded.earliest <= rounded.at <= rounded.latest
    assert rounded.latest - rounded.earliest < exact.latest - exact.earliest + timedelta(minutes=3)


def test_an_arrival_that_comes_later_is_added_to_an_area_that_stands() -> None:
    first = veil(None, at(VISIT.place), None, NOW)
    second = veil(first, at(VISIT.place, 5), eta(900), NOW + timedelta(seconds=5))
    assert (second.position, second.until) == (first.position, first.until)
    assert second.eta == in_minutes(eta(900))


@pytest.mark.parametrize(
    ("rules", "away_m", "left_s", "exact"),
    [
        (Rules(), 90_000, 9_000, True),
        (NEAR, 299, 9_000, True),
        (NEAR, 301, 10, False),
        (SOON, 90_000, 300, True),
        (SOON, 10, 301, False),
        (SOON, 10, None, False),
        (Rules(exact_within_m=300, exact_within_min=5), 299, 9_000, True),
        (Rules(exact_within_m=300, exact_within_min=5), 90_000, 299, True),
        (Rules(exact_within_m=300, exact_within_min=5), 301, 301, False),
    ],
)
def test_the_place_itself_is_shown_as_near_as_the_rules_say(
    rules: Rules, away_m: float, left_s: float | None, exact: bool
) -> None:
    place = moved(VISIT.place, away_m, 0)
    told = shown(visit(sight=Sight(rules=rules)), _facts(place, left_s), NOW, LOST_AFTER)

    assert told.position is not None
    assert is_area(told.position) is not exact
    assert (told.position.lat == place.lat) is exact
    assert told.eta == (_facts(place, left_s).eta if exact else in_minutes(_facts(place, left_s).eta))


@given(places, seconds, st.sampled_from([NEAR, SOON, Rules(exact_within_m=50, exact_within_min=1)]))
def test_nothing_exact_is_in_any_message_while_only_an_area_is_shown(place: Point, left_s: float, rules: Rules) -> None:
    assume(distance_m(place, VISIT.place) > 300 and left_s > 300)
    assume(place != cell_of(place))
    seen, live = visit(sight=Sight(rules=rules)), _facts(place, left_s)

    for message in (
        snapshot(seen, live, 1, NOW, LOST_AFTER, LinkScope.MANAGE),
        status_message(seen, live, 1, NOW, LOST_AFTER, LinkScope.MANAGE),
        freshness_message(seen, live, 1, NOW, LOST_AFTER),
        shown(seen, live, NOW, LOST_AFTER),
    ):
        told = msgspec.to_builtins(message)
        assert (told["position"]["lat"], told["position"]["lon"]) == msgspec.structs.astuple(cell_of(place))
        assert [told["position"][name] for name in ("heading_deg", "speed_mps", "accuracy_m")] == [None, None, AREA_M]
        assert told["eta"] == msgspec.to_builtins(in_minutes(live.eta))
        assert told.get("route") is None
        assert b"the-road" not in msgspec.json.encode(message)


@given(places, seconds, st.sampled_from([NEAR, SOON]))
def test_what_was_hidden_once_stays_as_it_is_when_the_rules_are_applied_again(
    place: Point, left_s: float, rules: Rules
) -> None:
    seen = visit(sight=Sight(rules=rules))
    once = shown(seen, _facts(place, left_s), NOW, LOST_AFTER)
    twice = shown(
        seen, LiveFacts(position=once.position, eta=once.eta, last_seen_at=once.last_seen_at), NOW, LOST_AFTER
    )
    assert once == twice


def test_a_cell_whose_middle_is_near_opens_nothing() -> None:
    at_the_door = at(cell_of(VISIT.place))
    area = veil(None, at_the_door, eta(60), NOW).position
    live = LiveFacts(position=area, eta=eta(60), last_seen_at=NOW, route=RouteLine("the-road"))

    seen = visit(sight=Sight(rules=Rules(exact_within_m=100_000, exact_within_min=240)))
    told = snapshot(seen, live, 1, NOW, LOST_AFTER, LinkScope.TRACK)

    assert (told.position, told.route) == (area, None)


def test_name_photo_and_phone_are_each_told_or_not() -> None:
    whole = {"name": "Tero Virtanen", "photo_url": "/photo.jpg", "phone": "+358401234567"}
    hidden = {"name": "Fix It", "photo_url": None, "phone": None}
    for rule, field in (("name", "name"), ("photo", "photo_url"), ("phone", "phone")):
        seen = visit(sight=Sight(rules=Rules(**{rule: False})))
        for message in (
            snapshot(seen, LiveFacts(), 1, NOW, LOST_AFTER, LinkScope.TRACK),
            status_message(seen, LiveFacts(), 1, NOW, LOST_AFTER, LinkScope.TRACK),
        ):
            assert msgspec.to_builtins(message.technician) == whole | {field: hidden[field]}
            assert str(whole[field]) not in msgspec.json.encode(message).decode()


@pytest.mark.parametrize("sight", [Sight(paused=True), Sight(closed=True), Sight(paused=True, closed=True)])
def test_nothing_of_the_place_is_told_while_sharing_is_paused_or_once_the_map_has_closed(sight: Sight) -> None:
    live = _facts(VISIT.place, 60)
    told = snapshot(visit(sight=sight), live, 1, NOW, LOST_AFTER, LinkScope.TRACK)

    assert (told.position, told.eta, told.route, told.last_seen_at) == (None, None, None, None)
    assert told.freshness == "lost"
    assert (told.technician is None) is sight.closed
    assert (told.paused is True) is (sight.paused and not sight.closed)


@given(st.sampled_from(["scheduled", "in_progress", "on_break", "completed", "canceled"]), st.booleans())
def test_a_pause_is_told_on_the_way_only(status: str, paused: bool) -> None:
    told = snapshot(visit(status, sight=Sight(paused=paused)), LiveFacts(), 1, NOW, LOST_AFTER, LinkScope.TRACK)
    assert b"paused" not in msgspec.json.encode(told)


def test_a_message_without_a_pause_is_as_it_always_was() -> None:
    told = snapshot(visit(sight=OPEN), _facts(VISIT.place, 60), 1, NOW, LOST_AFTER, LinkScope.TRACK)
    assert "paused" not in msgspec.json.decode(msgspec.json.encode(told))


@pytest.mark.parametrize(
    ("after_min", "passed_min", "closed"),
    [(None, 100_000, False), (0, -1, False), (0, 0, True), (30, 29, False), (30, 30, True)],
)
def test_the_map_closes_as_many_minutes_after_the_window_as_the_portal_says(
    after_min: int | None, passed_min: int, closed: bool
) -> None:
    latest = NOW - timedelta(minutes=passed_min)
    assert is_closed(Rules(closes_after_min=after_min), arrived=False, window_latest=latest, now=NOW) is closed
    assert is_closed(Rules(closes_after_min=after_min), arrived=True, window_latest=latest, now=NOW)


def _facts(place: Point, left_s: float | None) -> LiveFacts:
    arrival = None if left_s is None else eta(left_s)
    return LiveFacts(position=at(place), eta=arrival, last_seen_at=NOW, route=RouteLine("the-road"))
