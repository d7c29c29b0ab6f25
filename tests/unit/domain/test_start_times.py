"""Which starts can be offered at all, and what is promised with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.domain.start_times import Promise, StartRules, TimeGroup, promises

HOUR, DAY = 3_600, 86_400
ZONES = ["Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
CHANGES = [(3, 8), (3, 29), (4, 5), (10, 4), (10, 25), (11, 1)]
"""The days of 2026 on which a clock of one of these zones changes; Kolkata's never does."""


def of_day(zone: ZoneInfo, month: int, day: int, rules: StartRules) -> list[Promise]:
    """List what can be promised on a date, days before it."""
    midnight = datetime(2026, month, day, tzinfo=zone)
    until = datetime(2026, month, day, tzinfo=zone) + timedelta(days=1)
    now_s = midnight.timestamp() - 3 * DAY
    return promises(rules, zone, now_s, midnight.timestamp(), until.timestamp())


def shown(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%H:%M")


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(("month", "day"), CHANGES)
def test_on_days_when_clocks_change_starts_are_what_the_wall_shows(name: str, month: int, day: int) -> None:
    zone = ZoneInfo(name)

    told = [one.starts_s[0] for one in of_day(zone, month, day, StartRules())]

    midnight = datetime(2026, month, day, tzinfo=zone)
    every_minute = (int(midnight.timestamp()) + minute * 60 for minute in range(26 * 60))
    on_the_half_hour = [
        at
        for at in every_minute
        if (clock := datetime.fromtimestamp(at, zone)).date() == midnight.date() and clock.minute % 30 == 0
    ]
    assert told == on_the_half_hour


@pytest.mark.parametrize(
    ("name", "month", "day", "starts"),
    [
        ("Europe/Helsinki", 3, 29, 46),
        ("Europe/Helsinki", 10, 25, 50),
        ("America/New_York", 3, 8, 46),
        ("America/New_York", 11, 1, 50),
        ("Australia/Lord_Howe", 10, 4, 47),
        ("Australia/Lord_Howe", 4, 5, 49),
        ("Asia/Kolkata", 3, 29, 48),
    ],
)
def test_a_day_is_as_long_as_its_clock_says(name: str, month: int, day: int, starts: int) -> None:
    assert len(of_day(ZoneInfo(name), month, day, StartRules())) == starts


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(("month", "day"), CHANGES)
def test_a_group_is_promised_from_the_wall_to_the_wall(name: str, month: int, day: int) -> None:
    zone = ZoneInfo(name)
    rules = StartRules(interval_s=HOUR, groups=(TimeGroup(8 * HOUR, 12 * HOUR), TimeGroup(12 * HOUR, 16 * HOUR)))

    told = of_day(zone, month, day, rules)

    assert [tuple(shown(at, zone) for at in one.window) for one in told] == [("08:00", "12:00"), ("12:00", "16:00")]
    assert [shown(at, zone) for at in told[0].starts_s] == ["08:00", "09:00", "10:00", "11:00"]


def test_the_lead_time_bounds_starts_at_both_ends() -> None:
    now = datetime(2026, 11, 23, 8, 10, tzinfo=UTC).timestamp()
    rules = StartRules(lead_min_s=2 * HOUR, lead_max_s=4 * HOUR)

    told = promises(rules, ZoneInfo("UTC"), now, now, now + DAY)

    assert [shown(one.starts_s[0], ZoneInfo("UTC")) for one in told] == ["10:30", "11:00", "11:30", "12:00"]


def test_what_is_promised_without_groups_is_a_window_after_the_start() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC).timestamp()

    first = promises(StartRules(arrival_window_s=2 * HOUR), ZoneInfo("UTC"), now, now, now + DAY)[0]

    assert first.window == (first.starts_s[0], first.starts_s[0] + 2 * HOUR)


@given(
    some.sampled_from(ZONES), some.integers(0, 364), some.sampled_from([300, 420, 1_800, 5_400]), some.integers(0, DAY)
)
def test_starts_lie_in_the_asked_span_in_order_and_on_the_grid(
    name: str, day: int, interval_s: int, for_s: int
) -> None:
    zone = ZoneInfo(name)
    from_s = datetime(2026, 1, 1, 7, 13, tzinfo=UTC).timestamp() + day * DAY

    rules = StartRules(interval_s=interval_s, lead_min_s=0)

    told = [one.starts_s[0] for one in promises(rules, zone, from_s, from_s, from_s + for_s)]

    assert told == sorted(set(told))
    assert all(from_s <= at < from_s + for_s for at in told)
    clocks = [datetime.fromtimestamp(at, zone) for at in told]
    assert all((clock.hour * HOUR + clock.minute * 60) % interval_s == 0 for clock in clocks)
