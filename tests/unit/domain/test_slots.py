"""Which times are offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.intervals import DailyHours, Interval
from hub.domain.slots import (
    LEAD,
    STEP,
    TRAVEL_ALLOWANCE,
    FreeSlot,
    Worker,
    find_free,
    is_free,
    promised,
    protected,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""A Monday, 8 o'clock in Helsinki."""
DAY = Interval(NOW, NOW + timedelta(days=1))
HOUR = timedelta(hours=1)
EIGHT_TO_FOUR = [DailyHours(weekday, 8 * 3600, 16 * 3600) for weekday in range(7)]


def worker(resource_id: str = "re_1", *taken: tuple[float, float]) -> Worker:
    """Describe somebody who works from 8 to 16; `taken` are hours after 8 o'clock."""
    busy = [Interval(NOW + timedelta(hours=first), NOW + timedelta(hours=last)) for first, last in taken]
    return Worker(resource_id=resource_id, hours=EIGHT_TO_FOUR, taken=busy)


def starts(found: list[FreeSlot]) -> list[float]:
    """Tell the starts in hours after 8 o'clock."""
    return [(slot.visit.starts_at - NOW) / HOUR for slot in found]


def test_starts_are_on_the_half_hours_from_the_lead_time_to_the_end_of_the_shift() -> None:
    found = find_free([worker()], HOUR, HELSINKI, DAY, NOW)

    assert starts(found) == [half / 2 for half in range(1, 15)]


def test_a_visit_and_the_way_to_it_are_kept_clear() -> None:
    found = find_free([worker("re_1", (2.0, 4.0))], HOUR, HELSINKI, DAY, NOW)

    assert starts(found) == [0.5, 1.0, *(half / 2 for half in range(9, 15))]


def test_of_those_who_can_the_least_busy_comes() -> None:
    found = find_free([worker("re_1", (6.0, 8.0)), worker("re_2")], HOUR, HELSINKI, DAY, NOW)

    assert {slot.resource_id for slot in found} == {"re_2"}


def test_nobody_is_offered_before_the_lead_time() -> None:
    found = find_free([worker()], HOUR, HELSINKI, Interval(NOW - DAY_LENGTH, NOW + LEAD), NOW)

    assert found == []


DAY_LENGTH = timedelta(days=1)


@given(
    st.lists(st.tuples(st.integers(-60, 600), st.integers(5, 200)), max_size=6),
    st.integers(10, 200),
    st.integers(0, 700),
    st.integers(10, 900),
)
def test_what_is_offered_is_all_that_can_be_kept(
    busy: list[tuple[int, int]], duration_min: int, from_min: int, for_min: int
) -> None:
    one = worker("re_1", *((start / 60, (start + length) / 60) for start, length in busy))
    within = Interval(NOW + timedelta(minutes=from_min), NOW + timedelta(minutes=from_min + for_min))
    duration = timedelta(minutes=duration_min)

    found = find_free([one], duration, HELSINKI, within, NOW)

    grid = [NOW + number * STEP for number in range(60)]
    possible = [
        Interval(start, start + duration)
        for start in grid
        if within.starts_at <= start < within.ends_at
        and start >= NOW + LEAD
        and is_free(one, Interval(start, start + duration), HELSINKI)
    ]
    assert [slot.visit for slot in found] == possible


@pytest.mark.parametrize("zone", ["Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize("month_day", [(3, 8), (3, 29), (4, 5), (10, 4), (10, 25), (11, 1)])
def test_on_days_when_clocks_change_starts_are_on_the_walls_half_hours(zone: str, month_day: tuple[int, int]) -> None:
    month, day = month_day
    here = ZoneInfo(zone)
    midnight = datetime(2026, month, day, tzinfo=here).astimezone(UTC)
    one = Worker(resource_id="re_1", hours=EIGHT_TO_FOUR, taken=[])

    found = find_free(
        [one], HOUR, here, Interval(midnight, midnight + timedelta(hours=24)), midnight - timedelta(days=3)
    )

    told = [slot.visit.starts_at.astimezone(here).strftime("%H:%M") for slot in found]
    assert told == [f"{hour:02}:{minute:02}" for hour in range(8, 16) for minute in (0, 30)][1:15]


def test_the_way_is_protected_and_the_arrival_promised() -> None:
    visit = Interval(NOW, NOW + HOUR)

    assert protected(visit) == Interval(NOW - TRAVEL_ALLOWANCE, NOW + HOUR)
    assert promised(visit).starts_at == NOW
