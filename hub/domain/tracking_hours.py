"""When a technician's positions may be taken: always, or in working hours and an hour around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from hub.domain.intervals import DailyHours, Interval, shifts

AROUND = timedelta(hours=1)
"""So much before the first and after the last working minute: the way there and home."""
CALENDAR = Interval(datetime(1, 1, 8, tzinfo=UTC), datetime(9999, 12, 25, tzinfo=UTC))
"""Nobody works before or after: shifts could lie outside of what Python can tell."""


class Tracking(StrEnum):
    """Which rule applies."""

    ALWAYS = "always"
    WORKING_HOURS = "working_hours"


class TrackingHours(msgspec.Struct, frozen=True):
    """One technician's working hours, by the clock of their portal's zone."""

    hours: Sequence[DailyHours]
    zone: ZoneInfo

    def interval_at(self, at: datetime) -> Interval | None:
        """Find the interval of tracking that holds this moment, None outside."""
        if not CALENDAR.starts_at <= at < CALENDAR.ends_at:
            return None
        near = Interval(at - AROUND, at + AROUND + timedelta(microseconds=1))
        for shift in shifts(self.hours, self.zone, near):
            tracked = Interval(shift.starts_at - AROUND, shift.ends_at + AROUND)
            if tracked.starts_at <= at < tracked.ends_at:
                return tracked
        return None
