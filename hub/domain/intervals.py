"""Stretches of time, half-open: two that touch do not overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec


class Interval(msgspec.Struct, frozen=True, order=True):
    """From `starts_at` on, until just before `ends_at`; aware times."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Interval) -> bool:
        """Tell whether the two share a moment."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def holds(self, other: Interval) -> bool:
        """Tell whether the other lies within this one."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at


class DailyHours(msgspec.Struct, frozen=True):
    """Working hours of one weekday, by the clock on the wall."""

    weekday: int
    """0 is Monday."""
    starts_s: int
    """Seconds since midnight."""
    ends_s: int
    """Seconds since midnight; 86,400 is the end of the day."""


def shifts(hours: Sequence[DailyHours], zone: ZoneInfo, within: Interval) -> Iterator[Interval]:
    """List the working hours that touch `within`, in order of their days; hours that touch are one shift.

    On a day when the clocks change, a shift is as much shorter or longer as the wall's clock says.
    """
    day = within.starts_at.astimezone(zone).date() - timedelta(days=1)
    last = within.ends_at.astimezone(zone).date()
    found: list[Interval] = []
    while day <= last:
        for daily in sorted(hours, key=lambda one: one.starts_s):
            if daily.weekday == day.weekday():
                shift = Interval(on_the_wall(day, daily.starts_s, zone), on_the_wall(day, daily.ends_s, zone))
                if found and found[-1].ends_at >= shift.starts_at:
                    found[-1] = Interval(found[-1].starts_at, max(found[-1].ends_at, shift.ends_at))
                elif shift.starts_at < shift.ends_at:
                    found.append(shift)
        day += timedelta(days=1)
    return (shift for shift in found if shift.overlaps(within))


def without(whole: Interval, taken: Iterable[Interval]) -> list[Interval]:
    """Cut what is taken out of the whole; what is left, in order."""
    left, start = [], whole.starts_at
    for piece in sorted(taken):
        if piece.ends_at <= start or piece.starts_at >= whole.ends_at:
            continue
        if piece.starts_at > start:
            left.append(Interval(start, piece.starts_at))
        start = max(start, piece.ends_at)
    if start < whole.ends_at:
        left.append(Interval(start, whole.ends_at))
    return left


def on_the_wall(day: date, seconds: int, zone: ZoneInfo) -> datetime:
    """Find the moment when the wall's clock shows so many seconds since midnight; the first of two."""
    days, rest = divmod(seconds, 86_400)
    clock = time(rest // 3600, rest // 60 % 60, rest % 60)
    return datetime.combine(day + timedelta(days=days), clock, zone).astimezone(ZoneInfo("UTC"))
