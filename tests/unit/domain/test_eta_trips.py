"""What other trips needed from here on: the same road, the same way, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import cos, radians
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.eta_ranges import PastError, RangeTable, learn_ranges
from hub.domain.eta_sections import weighted_median
from hub.domain.eta_trips import Expected, History, Trip, by_distance_s
from hub.domain.geodesy import METRES_PER_DEGREE, Point
from hub.domain.live_messages import EtaSource
from hub.domain.travel import Fix

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOME = Point(60.036, 25.0)
NORTH = [Point(60 + step * 0.0018, 25.0) for step in range(21)]
"""4 km, 200 m apart."""
EAST = [Point(60.036, 25 - step * 0.0036) for step in range(20, -1, -1)]


def drive(
    name: str, places: Sequence[Point], *, each_s: float = 30, waits: dict[int, float] | None = None, minute: float = 0
) -> Trip:
    """Pass the places one after the other, waiting at some of them; arrive at the last if that is home."""
    at = START + timedelta(minutes=minute)
    fixes = []
    for number, place in enumerate(places):
        fixes.append(Fix(at, place))
        for _ in range(int((waits or {}).get(number, 0) // 30)):
            at += timedelta(seconds=30)
            fixes.append(Fix(at, place))
        at += timedelta(seconds=each_s)
    arrived = fixes[-1].at.timestamp() if places[-1] == HOME else None
    return Trip(name, tuple(fixes), HOME, arrived)


def expect(trips: Iterable[Trip], way: Trip, fixes: int) -> tuple[Expected, float]:
    """Follow a trip for some fixes; answer what is expected, and how many seconds that is too early."""
    journey = History(trips).follow(HOME)
    told = [journey.follow(fix) for fix in way.fixes[:fixes]][-1]
    return told, (way.arrived_s or 0.0) - told.at_s


def test_the_others_waits_are_expected() -> None:
    others = [drive(name, NORTH, waits={10: 240}, minute=minute) for name, minute in (("a", 0), ("b", 20), ("c", 40))]

    told, early_s = expect(others, drive("x", NORTH, waits={10: 240}, minute=60), 6)

    assert told.source is EtaSource.HISTORY
    assert abs(early_s) < 10


def test_while_waiting_the_rest_of_the_wait_is_expected() -> None:
    others = [drive(name, NORTH, waits={10: 240}, minute=minute) for name, minute in (("a", 0), ("b", 20), ("c", 40))]

    _, early_s = expect(others, drive("x", NORTH, waits={10: 240}, minute=60), 15)

    assert abs(early_s) < 60


def test_one_long_wait_of_another_is_not_the_rule() -> None:
    others = [drive(name, NORTH, minute=minute) for name, minute in (("a", 0), ("b", 20), ("c", 40), ("d", 50))]
    others.append(drive("e", NORTH, waits={15: 1_200}, minute=30))

    _, early_s = expect(others, drive("x", NORTH, minute=60), 6)

    assert abs(early_s) < 60


def test_waits_that_everybody_has_but_each_at_other_places_are_expected() -> None:
    def waiting(name: str, first: int) -> Trip:
        return drive(name, NORTH, waits=dict.fromkeys(range(first, 20, 5), 60), minute=first)

    _, early_s = expect([waiting(f"t{first}", first) for first in range(5)], waiting("x", 4), 4)

    assert abs(early_s) < 60


def test_one_long_wait_is_not_the_rule_where_the_other_trips_end_halfway() -> None:
    others = [drive("a", NORTH, waits={5: 1_200}), *(drive(name, NORTH[:15], minute=10) for name in "bcd")]

    _, early_s = expect(others, drive("x", NORTH, minute=20), 4)

    assert abs(early_s) < 60


@pytest.mark.parametrize("seed", range(3))
def test_waits_count_in_full_however_the_fixes_of_a_standing_vehicle_scatter(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - noise for a test, no secret

    def scattered(trip: Trip) -> Trip:
        east, north = (METRES_PER_DEGREE * cos(radians(60)), METRES_PER_DEGREE)
        fixes = tuple(
            Fix(fix.at, Point(fix.place.lat + rng.gauss(0, 15) / north, fix.place.lon + rng.gauss(0, 15) / east))
            for fix in trip.fixes
        )
        return Trip(trip.name, fixes, HOME, trip.arrived_s)

    others = [scattered(drive(f"t{number}", NORTH, waits={10: 600}, minute=number)) for number in range(5)]

    _, early_s = expect(others, scattered(drive("x", NORTH, waits={10: 600}, minute=10)), 6)

    assert abs(early_s) < 60


def test_a_trip_that_ended_halfway_teaches_its_half() -> None:
    slow_half = [drive(name, NORTH[:11], each_s=60, minute=minute) for name, minute in (("a", 0), ("b", 20), ("c", 30))]
    whole = drive("d", NORTH, minute=40)

    told, _ = expect([whole, *slow_half], drive("x", NORTH, minute=60), 4)
    alone, _ = expect([whole], drive("x", NORTH, minute=60), 4)

    assert told.at_s > alone.at_s + 60


def test_trips_the_other_way_teach_nothing() -> None:
    back = [drive(name, NORTH[::-1], each_s=90, minute=minute) for name, minute in (("a", 0), ("b", 20), ("c", 30))]
    there = drive("d", NORTH, minute=40)

    assert expect([there, *back], drive("x", NORTH, minute=60), 6) == expect([there], drive("x", NORTH, minute=60), 6)


def test_each_road_to_a_place_is_known_apart() -> None:
    others = [drive(f"n{number}", NORTH, minute=number) for number in range(3)]
    others += [drive(f"e{number}", EAST, each_s=60, minute=number) for number in range(3)]

    for way in (drive("x", NORTH, minute=10), drive("x", EAST, each_s=60, minute=10)):
        told, early_s = expect(others, way, 8)
        assert told.source is EtaSource.HISTORY
        assert abs(early_s) < 20


def test_on_an_unknown_road_the_distance_tells() -> None:
    others = [drive(f"n{number}", NORTH, minute=number) for number in range(3)]

    told, _ = expect(others, drive("x", EAST, minute=10), 4)

    assert told.source is EtaSource.DISTANCE
    assert expect([], drive("x", EAST), 1)[0].at_s == START.timestamp() + by_distance_s(EAST[0], HOME)


def test_the_distance_learns_how_quick_a_city_is() -> None:
    others = [drive(f"n{number}", NORTH, each_s=60, minute=number) for number in range(20)]

    _, early_s = expect(others, drive("x", EAST, each_s=60, minute=10), 4)
    _, unlearned_s = expect([], drive("x", EAST, each_s=60, minute=10), 4)

    assert abs(early_s) < abs(unlearned_s) / 2


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_trips_does_not_matter(rng: object) -> None:
    others = [drive(f"n{number}", NORTH, each_s=25 + 3 * number, minute=number) for number in range(5)]
    mixed = others[:]
    rng.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis names no type for it

    assert expect(mixed, drive("x", NORTH), 7) == expect(others, drive("x", NORTH), 7)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=5, max_size=21))
def test_wherever_somebody_drives_an_arrival_is_expected_and_not_in_the_past(steps: list[tuple[float, float]]) -> None:
    journey = History([drive("a", NORTH), drive("b", EAST)]).follow(HOME)
    for number, (north, east) in enumerate(steps):
        at = START + timedelta(seconds=30 * number)
        told = journey.follow(Fix(at, Point(60.018 + north * 0.03, 25 + east * 0.06)))
        assert at.timestamp() <= told.at_s < at.timestamp() + 86_400


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 5)), min_size=1, max_size=9))
def test_a_median_lies_among_its_values(pairs: list[tuple[float, float]]) -> None:
    values, weights = zip(*pairs, strict=True)
    assert min(values) <= weighted_median(values, weights) <= max(values)


def test_a_heavier_value_draws_the_median() -> None:
    assert weighted_median([1, 2, 10], [1, 1, 1]) == 2
    assert weighted_median([1, 2, 10], [1, 1, 8]) > 5


@given(st.lists(st.tuples(st.integers(0, 15), st.floats(0, 8_000), st.floats(-3_000, 3_000)), min_size=1, max_size=60))
def test_ranges_never_grow_narrower_with_the_time_to_the_arrival(told: list[tuple[int, float, float]]) -> None:
    found = learn_ranges([PastError(str(trip), left_s, error_s) for trip, left_s, error_s in told], 0.8)

    assert list(found) == sorted(found, key=lambda one: (one.left_s, one.early_s, one.late_s))
    table = RangeTable(found)
    assert all(side >= 0 for left_s in (0, 100, 5_000, 50_000) for side in table.at(left_s))


@pytest.mark.parametrize(("trips", "wider"), [(4, 1.0), (2, 1.2)])
def test_fewer_trips_than_can_tell_make_the_range_wider(trips: int, wider: float) -> None:
    found = learn_ranges([PastError(str(trip), 240, 60) for trip in range(trips)], 0.8)

    assert found[2].late_s == pytest.approx(60 * wider)
