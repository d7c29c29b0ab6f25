"""Working hours by the wall's clock, and what is left of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.intervals import DailyHours, Interval, shifts, without

HELSINKI = ZoneInfo("Europe/Helsinki")
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
EVERY_DAY = [DailyHours(weekday, 8 * 3600, 16 * 3600) for weekday in range(7)]


def _between(first_min: int, last_min: int) -> Interval:
    return Interval(MIDNIGHT + timedelta(minutes=first_min), MIDNIGHT + timedelta(minutes=last_min))


@st.composite
def some_intervals(draw: st.DrawFn) -> list[Interval]:
    starts = draw(st.lists(st.integers(0, 100), max_size=8))
    return [_between(start, start + draw(st.integers(1, 40))) for start in starts]


@pytest.mark.parametrize(("first", "overlap"), [((0, 10), False), ((0, 11), True), ((20, 30), False), ((12, 13), True)])
def test_what_only_touches_does_not_overlap(first: tuple[int, int], overlap: bool) -> None:
    assert _between(*first).overlaps(_between(10, 20)) is overlap
    assert _between(10, 20).overlaps(_between(*first)) is overlap


@given(some_intervals())
def test_what_is_left_is_every_minute_that_nobody_takes(taken: list[Interval]) -> None:
    whole = _between(10, 110)

    left = without(whole, taken)

    minutes = [_between(minute, minute + 1) for minute in range(10, 110)]
    free = [minute for minute in minutes if not any(minute.overlaps(one) for one in taken)]
    assert [minute for minute in minutes if any(piece.holds(minute) for piece in left)] == free
    assert all(a.ends_at < b.starts_at for a, b in pairwise(left))


def test_a_shift_follows_the_walls_clock() -> None:
    winter = next(shifts(EVERY_DAY, HELSINKI, _between(0, 24 * 60)))

    assert winter == _between(6 * 60, 14 * 60)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Helsinki", datetime(2026, 3, 29, tzinfo=UTC), 23),
        ("Europe/Helsinki", datetime(2026, 10, 25, tzinfo=UTC), 25),
        ("America/New_York", datetime(2026, 3, 8, 12, tzinfo=UTC), 23),
        ("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC), 24.5),
        ("Asia/Kolkata", datetime(2026, 3, 29, tzinfo=UTC), 24),
    ],
)
def test_a_whole_day_is_as_long_as_the_clocks_make_it(zone: str, day: datetime, hours: float) -> None:
    local = day.astimezone(ZoneInfo(zone))
    whole_day = [DailyHours(local.weekday(), 0, 86_400)]

    [shift] = shifts(whole_day, ZoneInfo(zone), Interval(day, day + timedelta(hours=1)))

    assert (shift.ends_at - shift.starts_at) / timedelta(hours=1) == hours


def test_hours_that_touch_at_midnight_are_one_shift() -> None:
    around_the_clock = [DailyHours(weekday, 0, 86_400) for weekday in range(7)]

    assert len(list(shifts(around_the_clock, HELSINKI, _between(0, 3 * 24 * 60)))) == 1
