"""Which times are offered: starts on a grid, within somebody's working hours and clear of all reservations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from hub.domain.intervals import DailyHours, Interval, shifts, without

STEP = timedelta(minutes=30)
"""Visits start on the half hours of the wall's clock."""
LEAD = timedelta(minutes=30)
"""The earliest start from now."""
TRAVEL_ALLOWANCE = timedelta(minutes=20)
"""What is kept free before each visit for the way there, as long as nobody computes the way itself."""
ARRIVAL_WINDOW = timedelta(hours=1)
"""How long after the start of the visit the promised window ends."""
_LOOK_EVERY = timedelta(minutes=15)
"""All offsets from UTC are whole quarters of an hour."""


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may come, with what is taken of their time."""

    resource_id: str
    hours: Sequence[DailyHours]
    taken: Sequence[Interval]


class FreeSlot(msgspec.Struct, frozen=True, kw_only=True):
    """A time that can be kept, and by whom."""

    resource_id: str
    visit: Interval


def protected(visit: Interval) -> Interval:
    """Tell what a visit takes of its technician's time: the way there and the visit."""
    return Interval(visit.starts_at - TRAVEL_ALLOWANCE, visit.ends_at)


def promised(visit: Interval) -> Interval:
    """Tell the window that the customer is promised for the arrival."""
    return Interval(visit.starts_at, visit.starts_at + ARRIVAL_WINDOW)


def is_free(worker: Worker, visit: Interval, zone: ZoneInfo) -> bool:
    """Tell whether a worker can keep a visit: within one shift, and nothing else is in the way."""
    wanted = protected(visit)
    on_shift = any(shift.holds(wanted) for shift in shifts(worker.hours, zone, wanted))
    return on_shift and not any(wanted.overlaps(taken) for taken in worker.taken)


def find_free(
    workers: Sequence[Worker], duration: timedelta, zone: ZoneInfo, within: Interval, now: datetime
) -> list[FreeSlot]:
    """List every start that somebody can keep, earliest first, each with the least busy of those who can.

    `within` bounds the starts; none is earlier than `LEAD` from `now`.
    """
    starts = Interval(max(within.starts_at, now + LEAD), within.ends_at)
    if starts.starts_at >= starts.ends_at:
        return []
    able: dict[datetime, str] = {}
    for worker in sorted(workers, key=lambda one: (len(one.taken), one.resource_id)):
        for start in _starts(worker, duration, zone, starts):
            able.setdefault(start, worker.resource_id)
    return [FreeSlot(resource_id=able[start], visit=Interval(start, start + duration)) for start in sorted(able)]


def _starts(worker: Worker, duration: timedelta, zone: ZoneInfo, starts: Interval) -> Iterable[datetime]:
    reach = Interval(starts.starts_at - TRAVEL_ALLOWANCE, starts.ends_at + duration)
    for shift in shifts(worker.hours, zone, reach):
        for gap in without(shift, worker.taken):
            start = max(gap.starts_at + TRAVEL_ALLOWANCE, starts.starts_at)
            last = min(gap.ends_at - duration, starts.ends_at - timedelta(microseconds=1))
            yield from _grid(start, last, zone)


def _grid(first: datetime, last: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    """Give the moments from `first` to `last` at which the wall's clock shows a multiple of `STEP`."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    at = first + (epoch - first) % _LOOK_EVERY
    step_min = STEP // timedelta(minutes=1)
    while at <= last:
        if at.astimezone(zone).minute % step_min == 0:
            yield at
        at += _LOOK_EVERY
