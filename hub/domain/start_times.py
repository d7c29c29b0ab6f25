"""Which starts can be offered at all: on the grid of the wall's clock, after the lead time; and what is promised."""

from __future__ import annotations

from bisect import bisect_left
from zoneinfo import ZoneInfo

import msgspec

from hub.domain.availability import DAY_S, WallClock
from hub.domain.working_time import Stretch


class TimeGroup(msgspec.Struct, frozen=True):
    """A part of the day that is promised as a whole, by the clock on the wall."""

    starts_s: int
    """Seconds since midnight."""
    ends_s: int


class StartRules(msgspec.Struct, frozen=True, kw_only=True):
    """How the starts of one type of work are offered."""

    lead_min_s: int = 1_800
    """The earliest start from now …"""
    lead_max_s: int = 31 * DAY_S
    """… and the latest."""
    interval_s: int = 1_800
    """Starts are so far apart on the wall's clock, from midnight or from the beginning of a group on."""
    groups: tuple[TimeGroup, ...] = ()
    """Where there are any, one start of each group and day is offered, and the group is what is promised."""
    arrival_window_s: int = 3_600
    """How long the promised window is without groups; it begins with the visit."""


class Promise(msgspec.Struct, frozen=True):
    """A window that can be promised, and the starts that keep it."""

    window: Stretch
    starts_s: tuple[int, ...]


def promises(rules: StartRules, zone: ZoneInfo, now_s: float, from_s: float, to_s: float) -> list[Promise]:
    """List what can be promised with a start from `from_s` until just before `to_s`, in order of the starts.

    `zone` is the customer's; all moments are seconds since 1970.
    """
    first_s, last_s = max(from_s, now_s + rules.lead_min_s), min(to_s - 1, now_s + rules.lead_max_s)
    if first_s > last_s:
        return []
    clock = WallClock(zone)
    days = range(clock.day_of(first_s), clock.day_of(last_s) + 1)
    if not rules.groups:
        grid = [at for day in days for at in clock.times(day, 0, DAY_S, rules.interval_s)]
        wanted = grid[bisect_left(grid, first_s) : bisect_left(grid, last_s + 1)]
        return [Promise((at, at + rules.arrival_window_s), (at,)) for at in wanted]
    found = []
    for day in days:
        for group in rules.groups:
            starts = clock.times(day, group.starts_s, group.ends_s, rules.interval_s)
            if kept := tuple(at for at in starts if first_s <= at <= last_s):
                found.append(Promise((clock.at(day, group.starts_s), clock.at(day, group.ends_s)), kept))
    return sorted(found, key=lambda one: (one.starts_s, one.window))
