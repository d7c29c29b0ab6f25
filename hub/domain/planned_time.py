"""When a visit is planned and by whom; and what a change of that can be taken back to."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.intervals import Interval


class PlannedTime(msgspec.Struct, frozen=True, kw_only=True):
    """The planned time of a visit."""

    resource_id: str
    visit: Interval
    window: Interval
    """The promised window."""
    others: tuple[str, ...] = ()
    """Who comes along, beside the resource that leads."""

    @property
    def team(self) -> tuple[str, ...]:
        """Name all who come, the lead first."""
        return (self.resource_id, *self.others)


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """What the last reschedule or cancel can be taken back to."""

    until: datetime
    time: PlannedTime
