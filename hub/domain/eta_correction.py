"""Correct a route's times by what was learned: once for each route, so that each ping costs next to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hub.domain.eta_model import EtaModel, cell_of, hour_of_week
from hub.domain.eta_ranges import RangeTable
from hub.domain.live_messages import EtaSource
from hub.domain.route_progress import Progress
from hub.domain.routing import Route


class Correction:
    """One route under one model, for one technician: make another when any of them changes."""

    def __init__(self, model: EtaModel, route: Route, technician_id: str, time_zone: str) -> None:
        """Take the IANA name of the zone whose hours count."""
        self.model = model
        self._zone = ZoneInfo(time_zone)
        self._factor = model.pace.get(route.source, 1.0) * model.technicians.get(technician_id, 1.0)
        self._left_s = _left_s(model, route)
        self._ranges = RangeTable(model.ranges.get(route.source, ()))

    def left_s(self, progress: Progress, now: datetime) -> float:
        """Tell the seconds really needed from here to the route's end."""
        here = self._left_s[progress.segment]
        after = self._left_s[min(progress.segment + 1, len(self._left_s) - 1)]
        return (here + progress.part * (after - here)) * self._factor * self._hour(now)

    def range_s(self, left_s: float, age_s: float) -> tuple[float, float] | None:
        """Tell how far before and after the expected moment the range reaches; None where no range was learned.

        `left_s` counts from the position's moment: what happened since is as unknown as what comes.
        """
        if not self._ranges:
            return None
        early_s, late_s = self._ranges.at(left_s)
        wider = _wider(self.model.ages, left_s, age_s)
        return early_s * wider, late_s * wider

    def _hour(self, now: datetime) -> float:
        if not self.model.hours:
            return 1.0
        return self.model.hours.get(hour_of_week(now.astimezone(self._zone)), 1.0)


def _left_s(model: EtaModel, route: Route) -> list[float]:
    """Tell for each point the seconds from there to the end, every piece of road stretched as its cell was learned."""
    if not model.cells or route.source is not EtaSource.ROUTE:
        return [route.at_s[-1] - at_s for at_s in route.at_s]
    left_s = [0.0]
    pieces = zip(pairwise(route.points), pairwise(route.at_s), strict=True)
    for (start, end), (from_s, to_s) in reversed(list(pieces)):
        left_s.append(left_s[-1] + (to_s - from_s) * model.cells.get(cell_of(start, end), 1.0))
    return left_s[::-1]


def _wider(ages: Sequence[tuple[float, float]], left_s: float, age_s: float) -> float:
    """Tell how much wider the range of an old position is.

    Where no old positions were seen it grows by the share of the way on which nobody has seen the technician.
    """
    if age_s <= 0:
        return 1.0
    if not ages:
        return 1.0 + min(1.0, age_s / left_s) if left_s > 0 else 2.0
    from_s, from_factor = 0.0, 1.0
    for to_s, to_factor in ages:
        if age_s < to_s:
            return from_factor + (age_s - from_s) / (to_s - from_s) * (to_factor - from_factor)
        from_s, from_factor = to_s, to_factor
    return from_factor
