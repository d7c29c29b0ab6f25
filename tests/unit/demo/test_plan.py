"""The demo's timetable."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.demo.plan import SHORTEST_DRIVE_S, SHORTEST_VISIT_S, VISIT_S, PlannedVisit, Setting, plan

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TECHNICIANS, CUSTOMERS, SERVICE_TYPES = 8, 40, 6


def city(seed: int, *, longest_s: float = 500.0) -> Setting:
    """Build a city of random drives; some are too short and some do not exist."""
    chance = random.Random(seed)  # noqa: S311 - test data
    count = CUSTOMERS + TECHNICIANS
    durations_s = [
        [None if chance.random() < 0.02 else chance.uniform(10, longest_s) for _ in range(count)] for _ in range(count)
    ]
    return Setting(
        starts_at=START,
        starting_places=tuple(range(CUSTOMERS, count)),
        customers=CUSTOMERS,
        service_types=SERVICE_TYPES,
        durations_s=durations_s,
        seed=seed,
    )


def by_technician(visits: list[PlannedVisit]) -> dict[int, list[PlannedVisit]]:
    rows = defaultdict(list)
    for visit in visits:
        rows[visit.technician].append(visit)
    return rows


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("longest_s", [500.0, 160.0])
def test_at_every_second_at_least_four_technicians_drive(seed: int, longest_s: float) -> None:
    visits = plan(city(seed, longest_s=longest_s), START + timedelta(hours=4))
    driving = [0] * (4 * 3600)
    for visit in visits:
        first = int((visit.departs_at - START).total_seconds())
        end = int((visit.arrives_at - START).total_seconds())
        for second in range(first, min(end, len(driving))):
            driving[second] += 1
    assert min(driving) >= 4


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_a_technicians_visits_follow_each_other_without_a_gap(seed: int) -> None:
    setting = city(seed)
    rows = by_technician(plan(setting, START + timedelta(hours=1)))
    assert sorted(rows) == list(range(TECHNICIANS))
    for technician, visits in rows.items():
        assert visits[0].departs_at == START
        assert all(a.finishes_at == b.departs_at for a, b in pairwise(visits))
        places = [setting.starting_places[technician], *(visit.customer for visit in visits)]
        for (place, customer), visit in zip(pairwise(places), visits, strict=True):
            drive_s = setting.durations_s[place][customer]
            assert drive_s is not None
            assert drive_s >= SHORTEST_DRIVE_S
            assert (visit.arrives_at - visit.departs_at).total_seconds() >= drive_s - 0.5


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_no_visit_is_shorter_than_the_shortest_or_longer_than_the_longest(seed: int) -> None:
    for visit in plan(city(seed, longest_s=170.0), START + timedelta(hours=1)):
        visit_s = (visit.finishes_at - visit.arrives_at).total_seconds()
        assert SHORTEST_VISIT_S <= visit_s <= VISIT_S[1]
        assert 0 <= visit.service_type < SERVICE_TYPES


@given(st.integers(0, 10_000), st.integers(1, 3600))
@settings(max_examples=25, deadline=None)
def test_a_longer_plan_begins_with_the_shorter_one(seed: int, seconds: int) -> None:
    setting = city(seed)
    shorter = plan(setting, START + timedelta(seconds=seconds))
    longer = plan(setting, START + timedelta(hours=2))
    assert longer[: len(shorter)] == shorter


def test_two_technicians_are_never_at_the_same_customer() -> None:
    visits = sorted(plan(city(5), START + timedelta(hours=3)), key=lambda visit: (visit.customer, visit.arrives_at))
    for a, b in pairwise(visits):
        assert a.customer != b.customer or a.finishes_at <= b.arrives_at


def test_every_customer_gets_visits() -> None:
    visits = plan(city(6), START + timedelta(hours=3))
    assert {visit.customer for visit in visits} == set(range(CUSTOMERS))


def test_drives_are_hardly_slowed_to_keep_arrivals_apart() -> None:
    setting = city(7)
    rows = by_technician(plan(setting, START + timedelta(hours=3)))
    slowed = 0
    for technician, visits in rows.items():
        places = [setting.starting_places[technician], *(visit.customer for visit in visits)]
        for (place, customer), visit in zip(pairwise(places), visits, strict=True):
            drive_s = setting.durations_s[place][customer] or 0.0
            slowed += (visit.arrives_at - visit.departs_at).total_seconds() > drive_s + 1
    assert slowed <= len(rows) * 2


def test_a_city_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="no free customer"):
        plan(city(8, longest_s=100.0), START + timedelta(hours=1))


def test_the_promised_window_is_half_an_hour_on_full_five_minutes() -> None:
    arrives_at = START + timedelta(minutes=13, seconds=20)
    visit = PlannedVisit(
        technician=0,
        customer=0,
        service_type=0,
        departs_at=START,
        arrives_at=arrives_at,
        finishes_at=arrives_at + timedelta(minutes=3),
    )
    assert visit.window.earliest == START + timedelta(minutes=5)
    assert visit.window.latest == START + timedelta(minutes=35)
