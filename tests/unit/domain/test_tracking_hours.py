"""When positions may be taken: working hours and an hour around them, by the wall's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.intervals import DailyHours
from hub.domain.tracking_hours import TrackingHours

HELSINKI = ZoneInfo("Europe/Helsinki")
HOUR = 3_600
MONDAY, SATURDAY, SUNDAY = 0, 5, 6


def _hours(*daily: tuple[int, float, float], zone: ZoneInfo = HELSINKI) -> TrackingHours:
    return TrackingHours(
        tuple(DailyHours(day, int(starts * HOUR), int(ends * HOUR)) for day, starts, ends in daily), zone
    )


def _local(day: int, clock: str, *, month: int = 11, fold: int = 0) -> datetime:
    hour, minute, *rest = clock.split(":")
    second = float(rest[0]) if rest else 0.0
    micro = round(second % 1 * 1_000_000)
    return datetime(2026, month, day, int(hour), int(minute), int(second), micro, HELSINKI, fold=fold).astimezone(UTC)


def _tracked(hours: TrackingHours, at: datetime) -> bool:
    return hours.interval_at(at) is not None


@pytest.mark.parametrize(
    ("clock", "tracked"),
    [("6:59:59.999999", False), ("7:00", True), ("12:00", True), ("16:59:59.999999", True), ("17:00", False)],
)
def test_an_hour_before_the_first_and_after_the_last_minute_belongs_to_it(clock: str, *, tracked: bool) -> None:
    assert _tracked(_hours((MONDAY, 8, 16)), _local(23, clock)) is tracked


def test_the_interval_is_told_with_the_hour_around() -> None:
    found = _hours((MONDAY, 8, 16)).interval_at(_local(23, "7:30"))

    assert found is not None
    assert (found.starts_at, found.ends_at) == (_local(23, "7:00"), _local(23, "17:00"))


def test_other_days_are_not_tracked() -> None:
    assert not _tracked(_hours((MONDAY, 8, 16)), _local(24, "12:00"))
    assert not _tracked(_hours(), _local(23, "12:00"))


def test_a_break_of_two_hours_is_covered_and_a_longer_one_is_not() -> None:
    short, long = _hours((MONDAY, 8, 11), (MONDAY, 13, 16)), _hours((MONDAY, 8, 10), (MONDAY, 14, 16))

    assert [_tracked(short, _local(23, clock)) for clock in ("11:59", "12:00", "12:01")] == [True, True, True]
    assert [_tracked(long, _local(23, clock)) for clock in ("10:59", "11:00", "12:59", "13:00")] == [
        True,
        False,
        False,
        True,
    ]


def test_a_night_shift_goes_on_over_midnight() -> None:
    night = _hours((MONDAY, 22, 24), (1, 0, 6))

    found = night.interval_at(_local(24, "0:30"))

    assert found is not None
    assert (found.starts_at, found.ends_at) == (_local(23, "21:00"), _local(24, "7:00"))


def test_the_hour_around_reaches_into_the_next_and_the_last_day() -> None:
    assert _tracked(_hours((MONDAY, 20, 24)), _local(24, "0:59"))
    assert not _tracked(_hours((MONDAY, 20, 24)), _local(24, "1:00"))
    assert _tracked(_hours((MONDAY, 0, 4)), _local(22, "23:00"))
    assert not _tracked(_hours((MONDAY, 0, 4)), _local(22, "22:59"))


def test_the_zone_of_the_portal_counts() -> None:
    tokyo = _hours((MONDAY, 8, 16), zone=ZoneInfo("Asia/Tokyo"))

    assert _tracked(tokyo, datetime(2026, 11, 22, 22, 0, tzinfo=UTC))  # Monday, 7:00 there
    assert not _tracked(tokyo, datetime(2026, 11, 22, 21, 59, tzinfo=UTC))


def test_on_the_day_that_is_an_hour_longer_the_walls_clock_counts() -> None:
    sunday = _hours((SUNDAY, 2, 5))  # 25 October 2026: 3:00 to 4:00 comes twice

    found = sunday.interval_at(_local(25, "4:30", month=10))

    assert found is not None
    assert found.ends_at - found.starts_at == timedelta(hours=2 + 4)
    assert (found.starts_at, found.ends_at) == (_local(25, "1:00", month=10), _local(25, "6:00", month=10))
    assert _tracked(sunday, _local(25, "3:30", month=10, fold=1))


def test_on_the_day_that_is_an_hour_shorter_the_walls_clock_counts() -> None:
    sunday = _hours((SUNDAY, 2, 5))  # 29 March 2026: 3:00 to 4:00 does not come

    found = sunday.interval_at(_local(29, "2:30", month=3))

    assert found is not None
    assert found.ends_at - found.starts_at == timedelta(hours=2 + 2)


@given(st.integers(0, 20 * 366 * 24 * 60), st.integers(0, 6), st.integers(0, 23), st.integers(1, 24))
def test_what_is_tracked_lies_within_an_hour_of_working_time(
    minute: int, weekday: int, starts: int, length: int
) -> None:
    hours = _hours((weekday, starts, min(24, starts + length)))
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)

    found = hours.interval_at(at)

    if found is not None:
        assert found.starts_at <= at < found.ends_at
        works = [found.starts_at + timedelta(hours=1), found.ends_at - timedelta(hours=1, microseconds=1)]
        assert all(moment.astimezone(HELSINKI).weekday() == weekday for moment in works)
    else:
        assert at.astimezone(HELSINKI).weekday() != weekday or not (
            starts <= at.astimezone(HELSINKI).hour < starts + length
        )


@pytest.mark.parametrize(
    ("at", "tracked"),
    [
        (datetime.min.replace(tzinfo=UTC), False),
        (datetime(1, 1, 8, tzinfo=UTC), True),
        (datetime(9999, 12, 24, tzinfo=UTC), True),
        (datetime(9999, 12, 25, tzinfo=UTC), False),
        (datetime.max.replace(tzinfo=UTC), False),
    ],
)
def test_near_the_ends_of_the_calendar_nobody_is_tracked(at: datetime, *, tracked: bool) -> None:
    assert _tracked(_hours(*((day, 0, 24) for day in range(7))), at) is tracked
