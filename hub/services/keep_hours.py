"""Know when each technician's positions may be taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hub.domain.intervals import Interval
from hub.domain.tracking_hours import Tracking, TrackingHours
from hub.store import tracking_hours
from hub.store.database import Database

READ_EVERY_S = 30.0
"""How old the hours may be by which pings are judged."""


class KeepHours:
    """The tracking hours of those who are not tracked always; they are few, or read seldom enough."""

    def __init__(self, database: Database, default: Tracking, monotonic_s: Callable[[], float]) -> None:
        """Apply `default` to technicians for whom nothing else is set."""
        self._database, self._default, self._monotonic_s = database, default, monotonic_s
        self._hours: dict[str, TrackingHours] = {}
        self._inside: dict[str, Interval] = {}
        self._read_at_s = -READ_EVERY_S

    def tracked(self, resource_id: str, at: datetime) -> bool:
        """Tell whether a technician's positions may be taken at this moment."""
        if (hours := self._hours.get(resource_id)) is None:
            return True
        inside = self._inside.get(resource_id)
        if inside is not None and inside.starts_at <= at < inside.ends_at:
            return True
        found = hours.interval_at(at)
        if found is not None:
            self._inside[resource_id] = found
        return found is not None

    async def refresh(self) -> None:
        """Read the hours again if they are old."""
        now_s = self._monotonic_s()
        if now_s < self._read_at_s + READ_EVERY_S:
            return
        async with self._database.read() as tx:
            self._hours = await tracking_hours.restricted(tx, self._default)
        self._inside, self._read_at_s = {}, now_s
