"""When somebody works: working days as stretches of plain seconds since 1970, breaks and time off cut out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from hub.domain.intervals import DailyHours, on_the_wall
from hub.domain.working_time import Stretch

DAY_S = 86_400
BESIDE_S = 4 * 3600
"""A visit so long before or after the working hours still belongs to the working day: somebody comes from there."""


class Workday(msgspec.Struct, frozen=True):
    """One day's work: hours of the same date, and those that go on over midnight. Seconds since 1970."""

    stretches: tuple[Stretch, ...]
    """When there is work, in order and apart from each other; between them are breaks and time off."""
    from_s: float
    to_s: float
    """Visits that end after `from_s` and start before `to_s` belong to the day."""


class WallClock:
    """Turns dates and times on the wall of one time zone into seconds since 1970; remembers each date."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._midnights: dict[int, int] = {}
        self._even: dict[int, bool] = {}

    def at(self, day: int, seconds: int) -> int:
        """Tell the moment of a date (its ordinal) at so many seconds since midnight; the first of two."""
        if self._is_even(day):
            return self._midnight(day) + seconds
        return _epoch_s(on_the_wall(date.fromordinal(day), seconds, self._zone))

    def times(self, day: int, first_s: int, until_s: int, step_s: int) -> list[int]:
        """List the moments at which the wall's clock shows `first_s` or some steps more, before `until_s`, in order.

        What the clock jumps over is left out; what it shows twice is listed twice.
        """
        if self._is_even(day):
            midnight = self._midnight(day)
            return list(range(midnight + first_s, midnight + until_s, step_s))
        found = set()
        for seconds in range(first_s, until_s, step_s):
            shown = datetime.combine(date.fromordinal(day), time()) + timedelta(seconds=seconds)
            for fold in (0, 1):
                at = shown.replace(tzinfo=self._zone, fold=fold).timestamp()
                if datetime.fromtimestamp(at, self._zone).replace(tzinfo=None) == shown:
                    found.add(int(at))
        return sorted(found)

    def day_of(self, at_s: float) -> int:
        """Tell the ordinal of the date that the wall's calendar shows at a moment."""
        return datetime.fromtimestamp(at_s, self._zone).toordinal()

    def _is_even(self, day: int) -> bool:
        """Tell whether the clock goes evenly through a date: no change of its offset."""
        even = self._even.get(day)
        if even is None:
            even = self._even[day] = self._midnight(day + 1) - self._midnight(day) == DAY_S
        return even

    def _midnight(self, day: int) -> int:
        found = self._midnights.get(day)
        if found is None:
            found = self._midnights[day] = _epoch_s(on_the_wall(date.fromordinal(day), 0, self._zone))
        return found


class Calendar:
    """The working days of one time zone from one moment to another; who has the same hours shares them."""

    def __init__(self, zone: ZoneInfo, from_s: float, to_s: float) -> None:
        """Take the seconds since 1970 between which visits may start; the days around belong to it."""
        self.from_s, self.to_s = from_s, to_s
        self._clock = WallClock(zone)
        self._days = range(self._clock.day_of(from_s) - 1, self._clock.day_of(to_s) + 2)
        self._known: dict[tuple[DailyHours, ...], list[Workday]] = {}

    def days(self, hours: Sequence[DailyHours], off: Sequence[Stretch] = ()) -> list[Workday]:
        """List working days in order. Hours that touch are one stretch, also over midnight.

        After a break somebody goes on from where they are; a new day begins at the base. `off` is time off, in any
        order. On a day when the clocks change, a stretch is as much shorter or longer as the wall's clock says.
        """
        key = tuple(hours)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _bounded(self._worked(hours))
        return _cut(known, sorted(off)) if off else known

    def always(self, off: Sequence[Stretch] = ()) -> list[Workday]:
        """Give one endless day, for what needs no rest."""
        begins_s, ends_s = self.from_s - 2 * DAY_S, self.to_s + 2 * DAY_S
        whole = Workday(((begins_s, ends_s),), begins_s, ends_s)
        return _cut([whole], sorted(off)) if off else [whole]

    def _worked(self, hours: Sequence[DailyHours]) -> list[list[Stretch]]:
        weekly: list[list[DailyHours]] = [[] for _ in range(7)]
        for daily in sorted(hours, key=lambda one: one.starts_s):
            weekly[daily.weekday].append(daily)
        days: list[list[Stretch]] = []
        for day in self._days:
            goes_on = False  # whether the date's work is part of the last of `days`
            for daily in weekly[(day + 6) % 7]:  # ordinal 1 was a Monday
                start, end = self._clock.at(day, daily.starts_s), self._clock.at(day, daily.ends_s)
                if start >= end:  # the clock jumped over it
                    continue
                if days and start <= days[-1][-1][1]:
                    days[-1][-1] = (days[-1][-1][0], max(end, days[-1][-1][1]))
                elif goes_on:
                    days[-1].append((start, end))
                else:
                    days.append([(start, end)])
                goes_on = True
        return days


def _bounded(days: Sequence[Sequence[Stretch]]) -> list[Workday]:
    """Tell of each day which visits belong to it: those beside it, as far as half the way to the next day."""
    bounded = []
    for number, stretches in enumerate(days):
        from_s, to_s = stretches[0][0] - BESIDE_S, stretches[-1][1] + BESIDE_S
        if number:
            from_s = max(from_s, (days[number - 1][-1][1] + stretches[0][0]) // 2)
        if number + 1 < len(days):
            to_s = min(to_s, (stretches[-1][1] + days[number + 1][0][0]) // 2)
        bounded.append(Workday(tuple(stretches), from_s, to_s))
    return bounded


def _cut(days: Sequence[Workday], off: Sequence[Stretch]) -> list[Workday]:
    left = []
    for day in days:
        if off[-1][1] <= day.from_s or off[0][0] >= day.to_s:
            left.append(day)
        else:
            stretches = tuple(piece for stretch in day.stretches for piece in _without(stretch, off))
            left.append(Workday(stretches, day.from_s, day.to_s))
    return left


def _without(whole: Stretch, off: Sequence[Stretch]) -> list[Stretch]:
    left, start = [], whole[0]
    for off_from, off_to in off:
        if off_to <= start or off_from >= whole[1]:
            continue
        if off_from > start:
            left.append((start, off_from))
        start = max(start, off_to)
    if start < whole[1]:
        left.append((start, whole[1]))
    return left


def _epoch_s(moment: datetime) -> int:
    return int(moment.timestamp())
