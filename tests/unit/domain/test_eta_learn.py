"""Learn from finished ways: what is there is found, and nothing else."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.domain.eta_learn import FEWEST_TRIPS, Told, Way, learn, lefts_s, shrunk
from hub.domain.eta_model import NOTHING_LEARNED, EtaModel, cell_of
from hub.domain.eta_ranges import RangeTable
from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
STEP_S, STEPS = 60.0, 15
SLOW_CELL = cell_of(Point(60.0 + 5 * 0.005, 25.0), Point(60.0 + 6 * 0.005, 25.0))


def _way(
    number: int,
    rng: random.Random,
    *,
    pace: float = 1.0,
    noise: float = 0.1,
    cell: float = 1.0,
    hour: int | None = None,
) -> Way:
    """Drive north from cell to cell, a minute each by the router."""
    set_off_at = MONDAY + timedelta(days=number % 28, hours=8 + number % 8 if hour is None else hour)
    own = pace * math.exp(rng.gauss(0, noise))
    told, at = [], set_off_at
    for step in range(STEPS):
        place = Point(60.0 + step * 0.005, 25.0)
        left_s = STEP_S * (STEPS - step)
        told.append(
            Told(computed_at=at, position_at=at, place=place, router_left_s=left_s, stops_s=0, source=EtaSource.ROUTE)
        )
        at += timedelta(seconds=STEP_S * own * (cell if step == 5 else 1.0))
    return Way(
        name=f"{number:04}", technician_id=f"t{number // 8 % 4}", time_zone="UTC", arrived_at=at, told=tuple(told)
    )


def _ways(count: int, seed: int = 1, **how: float) -> list[Way]:
    rng = random.Random(seed)  # noqa: S311 - the same ways each time
    return [_way(number, rng, **how) for number in range(count)]  # type: ignore[arg-type]  # only numbers are given


def _mae_s(model: EtaModel, ways: list[Way]) -> float:
    errors = [
        abs((way.arrived_at - told.position_at).total_seconds() - left_s)
        for way in ways
        for told, left_s in zip(way.told, lefts_s(model, way), strict=True)
    ]
    return sum(errors) / len(errors)


def test_too_few_ways_teach_nothing() -> None:
    assert learn(_ways(FEWEST_TRIPS - 1), version=1, now=MONDAY) == NOTHING_LEARNED
    assert learn([], version=1, now=MONDAY) == NOTHING_LEARNED


def test_a_router_that_is_always_too_quick_is_corrected() -> None:
    model = learn(_ways(60, pace=1.3), version=7, now=MONDAY)

    assert model.pace[EtaSource.ROUTE] == pytest.approx(1.3, rel=0.05)
    assert (model.version, model.learned_at, model.trips) == (7, MONDAY, 60)


def test_a_slow_hour_is_found() -> None:
    rng = random.Random(2)  # noqa: S311 - the same ways each time
    ways = [_way(n, rng, pace=1.6 if n % 8 == 0 else 1.0, hour=8 + n % 8) for n in range(400)]
    ways = [msgspec.structs.replace(way, technician_id="one") for way in ways]

    model = learn(ways, version=1, now=MONDAY)

    slow = [factor for hour, factor in model.hours.items() if hour % 24 == 8]
    other = [factor for hour, factor in model.hours.items() if hour % 24 != 8]
    assert min(slow) > 1.2 > max(other)


def test_a_slow_technician_is_found_and_a_new_one_is_as_all() -> None:
    rng = random.Random(3)  # noqa: S311 - the same ways each time
    ways = [_way(n, rng, pace=1.5 if n // 8 % 4 == 0 else 1.0) for n in range(200)]

    model = learn(ways, version=1, now=MONDAY)

    assert model.technicians["t0"] / model.technicians["t1"] == pytest.approx(1.5, rel=0.15)
    assert "t9" not in model.technicians


def test_a_slow_place_is_found() -> None:
    model = learn(_ways(200, cell=4.0), version=1, now=MONDAY)

    assert max(model.cells, key=model.cells.__getitem__) == SLOW_CELL
    assert model.cells[SLOW_CELL] > 2


def test_chance_alone_teaches_next_to_nothing() -> None:
    model = learn(_ways(100), version=1, now=MONDAY)

    assert model.pace[EtaSource.ROUTE] == pytest.approx(1.0, abs=0.03)
    factors = [*model.hours.values(), *model.technicians.values(), *model.cells.values()]
    assert all(abs(math.log(factor)) < 0.08 for factor in factors)


def test_what_was_learned_serves_other_days() -> None:
    model = learn(_ways(200, pace=1.3, cell=3.0), version=1, now=MONDAY)
    others = _ways(100, seed=99, pace=1.3, cell=3.0)

    assert _mae_s(model, others) < 0.4 * _mae_s(NOTHING_LEARNED, others)


def test_the_range_holds_about_four_of_five_arrivals_of_other_days() -> None:
    model = learn(_ways(200, noise=0.2), version=1, now=MONDAY)
    others = _ways(200, seed=98, noise=0.2)

    held = [
        -early_s <= (way.arrived_at - told.position_at).total_seconds() - left_s <= late_s
        for way in others
        for told, left_s in zip(way.told, lefts_s(model, way), strict=True)
        for early_s, late_s in [_range(model, left_s)]
    ]

    assert 0.7 <= sum(held) / len(held) <= 0.9


def _range(model: EtaModel, left_s: float) -> tuple[float, float]:
    return RangeTable(model.ranges[EtaSource.ROUTE]).at(left_s)


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_ways_does_not_matter(rng: random.Random) -> None:
    ways = _ways(12)
    mixed = ways[:]
    rng.shuffle(mixed)

    assert learn(mixed, version=1, now=MONDAY) == learn(ways, version=1, now=MONDAY)


@given(st.dictionaries(st.integers(0, 5), st.lists(st.floats(-1, 1), max_size=6)))
def test_shrinking_never_goes_beyond_the_mean(groups: dict[int, list[float]]) -> None:
    for key, value in shrunk(groups).items():
        mean = sum(groups[key]) / len(groups[key])
        assert abs(value) <= abs(mean) + 1e-9
        assert value * mean >= 0


def test_more_trips_are_shrunk_less() -> None:
    found = shrunk({1: [0.4, 0.5, 0.6] * 5, 2: [0.4, 0.6], 3: [-0.5, -0.4, -0.6]})

    assert 0 < found[2] < found[1] < 0.5
