"""How a technician's day goes on from now: when each later visit is reached, beside what was promised.

Nobody comes before the planned start. A delay passes on as far as the gaps between visits do not absorb it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.insertion import Travel
from hub.domain.working_time import Stretch, worked_after

OVERRUN_S = 300.0
"""A visit that takes longer than planned is expected to take so much longer still, from now."""
LATE_S = 600.0
"""A promise that is missed by more than this is worth telling."""
SPREAD = 0.25
"""Drives and work are taken to need up to so much longer than expected, for the later end of the range (our choice)."""
WORTH_WRITING_S = 60.0
"""An expectation that moved by less stands."""

_S = BookingStatus


class DayStop(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that is not over; seconds since 1970."""

    id: str
    status: BookingStatus
    place: int
    """The number of the place."""
    starts_s: float
    ends_s: float
    buffer_s: float
    promised_s: float
    """The end of the promised window."""
    began_s: float | None = None
    """When the work began."""
    eta_s: float | None = None
    """The live arrival of whoever travels there …"""
    eta_latest_s: float | None = None
    """… and the end of its range."""


class Expected(msgspec.Struct, frozen=True):
    """When somebody will be there."""

    id: str
    at_s: float
    latest_s: float
    late_s: float
    """How long after the end of the promised window; 0 and less for in time."""

    @property
    def misses_promise(self) -> bool:
        """Tell whether the customer should hear of it."""
        return self.late_s > LATE_S


class From(msgspec.Struct, frozen=True):
    """Where the day goes on from."""

    place: int | None
    """Where the technician is, or was last; None where nothing tells."""
    free_s: float
    """Since when they could set off."""


def forecast(
    stops: Sequence[DayStop], start: From, travel: Travel[int], now_s: float, work: Sequence[Stretch] = ()
) -> list[Expected]:
    """Expect the arrival at each visit that is not reached yet; `stops` are in the order in which they are done.

    `work` are the stretches of work of the day: who drives stops for a break. After the last one work goes on.
    """
    stretches = [*work[:-1], (work[-1][0], math.inf)] if work else [(-math.inf, math.inf)]
    place, soon_s, late_s = start.place, max(start.free_s, now_s), max(start.free_s, now_s)
    expected = []
    for stop in sorted(stops, key=lambda one: (one.status is _S.SCHEDULED, one.starts_s)):
        planned_s = stop.ends_s - stop.starts_s
        if stop.status in (_S.IN_PROGRESS, _S.ON_BREAK):
            begun_s = now_s if stop.began_s is None else stop.began_s
            soon_s = max(begun_s + planned_s, now_s + OVERRUN_S if begun_s + planned_s < now_s else 0.0)
            late_s = max(begun_s + planned_s * (1 + SPREAD), soon_s)
        else:
            way_s = 0.0 if place is None else travel(place, stop.place)
            if stop.status is _S.TRAVELING:
                soon_s = max(now_s, soon_s + way_s if stop.eta_s is None else stop.eta_s)
                late_s = max(soon_s, soon_s + way_s * SPREAD if stop.eta_latest_s is None else stop.eta_latest_s)
            else:
                soon_s = max(worked_after(stretches, soon_s, way_s), stop.starts_s)
                late_s = max(worked_after(stretches, late_s, way_s * (1 + SPREAD)), stop.starts_s)
            expected.append(Expected(stop.id, soon_s, late_s, soon_s - stop.promised_s))
            soon_s, late_s = soon_s + planned_s, late_s + planned_s * (1 + SPREAD)
        soon_s, late_s = soon_s + stop.buffer_s, late_s + stop.buffer_s
        place = stop.place
    return expected


def differs(expected: Expected, at_s: float | None, latest_s: float | None) -> bool:
    """Tell whether an expectation is worth writing over what was written before."""
    if at_s is None or latest_s is None:
        return True
    return max(abs(expected.at_s - at_s), abs(expected.latest_s - latest_s)) >= WORTH_WRITING_S
