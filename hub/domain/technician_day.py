"""A technician's day: which visit counts now, and what comes next in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta, tzinfo
from typing import Protocol, TypeVar

from hub.domain.booking_status import ENDED, BookingStatus

_S = BookingStatus

MAIN_STEP: dict[BookingStatus, BookingStatus] = {
    _S.SCHEDULED: _S.TRAVELING,
    _S.TRAVELING: _S.IN_PROGRESS,
    _S.IN_PROGRESS: _S.COMPLETED,
    _S.ON_BREAK: _S.IN_PROGRESS,
}
"""What a technician usually does next; nothing where a visit is over."""

SIDE_STEPS: dict[BookingStatus, tuple[BookingStatus, ...]] = {
    _S.SCHEDULED: (_S.IN_PROGRESS,),
    _S.TRAVELING: (_S.SCHEDULED,),
    _S.IN_PROGRESS: (_S.ON_BREAK,),
    _S.ON_BREAK: (_S.COMPLETED,),
}
"""What a technician sometimes does instead. Canceling is left to customers and staff."""

STEPS = frozenset({*MAIN_STEP.values(), *(step for steps in SIDE_STEPS.values() for step in steps)})
"""All statuses that a technician may set."""

_UNDER_WAY = frozenset({_S.TRAVELING, _S.IN_PROGRESS, _S.ON_BREAK})


class Timed(Protocol):
    """What has a status and a start."""

    @property
    def status(self) -> BookingStatus:
        """Where it stands."""

    @property
    def starts_at(self) -> datetime:
        """When it starts."""


V = TypeVar("V", bound=Timed)


def current_visit(visits: Iterable[V]) -> V | None:
    """Find the visit that counts now: one under way before any other, then the one that starts first."""
    still_to_do = [visit for visit in visits if visit.status not in ENDED]
    return min(still_to_do, key=lambda visit: (visit.status not in _UNDER_WAY, visit.starts_at), default=None)


def local_days(now: datetime, zone: tzinfo, days: int = 1) -> tuple[datetime, datetime]:
    """Give the interval of today, and of `days - 1` days after it, by the clock of `zone`; days may have 23 or 25 h."""
    today = now.astimezone(zone).date()
    ends = today + timedelta(days=days)
    return datetime.combine(today, time.min, zone), datetime.combine(ends, time.min, zone)
