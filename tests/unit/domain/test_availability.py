"""When somebody works: breaks, nights, time off, and days on which clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hub.domain.availability import BESIDE_S, DAY_S, Calendar, Workday
from hub.domain.intervals import DailyHours

HOUR = 3_600
HELSINKI = ZoneInfo("Europe/Helsinki")
MONDAY = int(datetime(2026, 11, 23, tzinfo=HELSINKI).timestamp())
ZONES = ["Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]


def hours(*times: tuple[float, float], weekdays: range = range(7)) -> list[DailyHours]:
    return [DailyHours(day, int(begins * HOUR), int(ends * HOUR)) for day in weekdays for begins, ends in times]


def week(daily: list[DailyHours], *off: tuple[int, int]) -> list[Workday]:
    """Lay out a week, with what lies beside it."""
    return Calendar(HELSINKI, MONDAY, MONDAY + 7 * DAY_S - 1).days(daily, off)


def on_monday(days: list[Workday]) -> Workday:
    return next(day for day in days if day.stretches and day.stretches[0][0] >= MONDAY)


def test_a_break_divides_a_day_and_does_not_end_it() -> None:
    day = on_monday(week(hours((8, 12), (13, 16))))

    assert day.stretches == ((MONDAY + 8 * HOUR, MONDAY + 12 * HOUR), (MONDAY + 13 * HOUR, MONDAY + 16 * HOUR))


def test_hours_that_touch_are_one_stretch_also_over_midnight() -> None:
    night = week([DailyHours(0, 22 * HOUR, DAY_S), DailyHours(1, 0, 6 * HOUR)])

    assert on_monday(night).stretches == ((MONDAY + 22 * HOUR, MONDAY + 30 * HOUR),)
    assert len(week(hours((0, 24)))) == 1


def test_time_off_is_cut_out_and_leaves_an_empty_day_where_it_takes_all() -> None:
    at_noon = on_monday(week(hours((8, 16)), (MONDAY + 11 * HOUR, MONDAY + 12 * HOUR)))
    whole = week(hours((8, 16)), (MONDAY - DAY_S, MONDAY + 3 * DAY_S))

    assert [(begins - MONDAY) / HOUR for begins, _ in at_noon.stretches] == [8, 12]
    assert [len(day.stretches) for day in whole].count(0) >= 3


def test_a_visit_beside_the_hours_belongs_to_the_nearer_day() -> None:
    days = week(hours((8, 12)), (0, 1))
    late = week(hours((0, 1), (2, 23)))

    assert on_monday(days).from_s == MONDAY + 8 * HOUR - BESIDE_S
    assert on_monday(late).to_s == MONDAY + int(23.5 * HOUR)


def test_what_needs_no_rest_has_one_endless_day() -> None:
    calendar = Calendar(HELSINKI, MONDAY, MONDAY + DAY_S)

    assert len(calendar.always()) == 1
    assert len(calendar.always([(MONDAY, MONDAY + HOUR)])[0].stretches) == 2


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(("month", "day"), [(3, 8), (3, 29), (4, 5), (10, 4), (10, 25), (11, 1)])
def test_on_days_when_clocks_change_hours_are_the_walls(name: str, month: int, day: int) -> None:
    zone = ZoneInfo(name)
    midnight = datetime(2026, month, day, tzinfo=zone)
    asked = midnight.timestamp(), midnight.timestamp() + DAY_S

    found = Calendar(zone, *asked).days(hours((1, 5), (8, 16)))

    here = [day for day in found if datetime.fromtimestamp(day.stretches[0][0], zone).date() == midnight.date()]
    told = [datetime.fromtimestamp(at, zone).strftime("%H:%M") for at in here[0].stretches[1]]
    assert told == ["08:00", "16:00"]
    night_s = here[0].stretches[0][1] - here[0].stretches[0][0]
    five = datetime(2026, month, day, 5, tzinfo=zone).timestamp()
    assert night_s == five - datetime(2026, month, day, 1, tzinfo=zone).timestamp()


def test_who_works_through_the_lost_hour_works_less() -> None:
    spring = datetime(2026, 3, 29, tzinfo=HELSINKI).timestamp()

    found = Calendar(HELSINKI, spring, spring + DAY_S).days(hours((0, 8), weekdays=range(6, 7)))

    assert [ends - begins for day in found for begins, ends in day.stretches] == [7 * HOUR]
