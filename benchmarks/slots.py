"""Measure the search for times alone, in memory, on one core: no SQL, no router. `slot_calls` has the whole call."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.domain.availability import Calendar
from hub.domain.candidates import Booked, Candidate, lay_out
from hub.domain.geodesy import Point
from hub.domain.intervals import DailyHours
from hub.domain.jobs import Job, Site
from hub.domain.search import find_times, legs_of
from hub.domain.start_times import StartRules, promises
from hub.domain.travel_times import TravelTimes

DAYS, VISITS_A_DAY = 14, 8
TECHNICIANS = (25, 200)
SEARCHES = 50
ZONE = ZoneInfo("Europe/Helsinki")
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
CITY = Point(60.2, 24.9)
HOURS = [
    DailyHours(weekday, int(begins * 3600), int(ends * 3600))
    for weekday in range(7)
    for begins, ends in ((8, 12), (12.5, 18))
]
"""Half an hour of lunch."""


def measure_slots() -> dict[str, float]:
    """Measure searches for a half-hour visit at places all over a city; figures by name."""
    figures: dict[str, float] = {}
    for technicians in TECHNICIANS:
        took_s = sorted(_searches(technicians))
        name = f"times of {technicians} technicians in {DAYS} days with {VISITS_A_DAY} visits each, ms:"
        figures[f"{name} p50"] = took_s[len(took_s) // 2] * 1000
        figures[f"{name} p99"] = took_s[int(len(took_s) * 0.99)] * 1000
    return figures


def _searches(technicians: int) -> list[float]:
    """Search again and again, each time from the rows as they are read: hours, visits, places."""
    chance = random.Random(1)  # noqa: S311 - no secret
    bases = [made_up_place(chance) for _ in range(technicians)]
    visits = [made_up_visits(chance) for _ in range(technicians)]
    travel = TravelTimes()
    took_s = []
    for number in range(SEARCHES + 1):
        place = made_up_place(chance)
        _search(travel, place, bases, visits)  # the ways are known then
        began_s = time.thread_time()
        _search(travel, place, bases, visits)
        if number:
            took_s.append(time.thread_time() - began_s)
    return took_s


def _search(
    travel: TravelTimes, place: Point, bases: Sequence[Point], visits: Sequence[Sequence[tuple[float, float, Point]]]
) -> None:
    from_s, to_s = MONDAY.timestamp(), (MONDAY + timedelta(days=DAYS)).timestamp()
    calendar = Calendar(ZONE, from_s, to_s)
    workdays = calendar.days(HOURS)
    starts = [start for one in promises(StartRules(), ZONE, from_s, from_s, to_s) for start in one.starts_s]
    candidates = []
    for number, (base, theirs) in enumerate(zip(bases, visits, strict=True)):
        booked = [Booked("", travel.number(at), start, free) for start, free, at in theirs]
        days = lay_out(workdays, booked, travel.number(base), travel, from_s, to_s)
        candidates.append(Candidate(id=str(number), kind="employee", days=days))
    sites = [Site(place=travel.number(place), candidates=candidates)]
    job = Job(duration_s=1_800, buffer_s=300)
    travel.unknown(legs_of(job, sites, starts))
    find_times(job, sites, starts)


def made_up_visits(chance: random.Random) -> list[tuple[float, float, Point]]:
    """Make up visits of 30 to 45 minutes, an hour apart: some time is left at the end of each day."""
    made = []
    for day in range(DAYS):
        for number in range(VISITS_A_DAY):
            start = (MONDAY + timedelta(days=day, hours=number, minutes=chance.uniform(10, 25))).timestamp()
            made.append((start, start + chance.uniform(1_800, 2_700), made_up_place(chance)))
    return made


def made_up_place(chance: random.Random) -> Point:
    return Point(CITY.lat + chance.uniform(-0.03, 0.03), CITY.lon + chance.uniform(-0.06, 0.06))


if __name__ == "__main__":
    for name, value in measure_slots().items():
        print(f"{name} {value:.1f}")
