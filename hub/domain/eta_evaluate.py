"""Estimate finished trips as if they were under way, learning from others only: how good the method is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from hub.domain.eta import CONFIDENCE, EARLY_S, EARLY_SHARE, LATE_S, LATE_SHARE
from hub.domain.eta_ranges import PastError, RangeTable, learn_ranges
from hub.domain.eta_score import Scored
from hub.domain.eta_trips import Expected, History, Roads, Trip
from hub.domain.live_messages import EtaSource

MOST_CALIBRATED = 10
"""So many trips, evenly chosen, are enough to learn the ranges from; each costs another history."""
UNSCORED_FIXES = 3
"""A method may look at so many fixes before it counts; the arrival's own fix does not count either."""
FEWEST_FIXES = 12
"""Trips with fewer up to the arrival are not graded. Both rules are those of the benchmark's own scoring."""
_Ranges = dict[EtaSource, RangeTable]


class Estimated(msgspec.Struct, frozen=True):
    """One estimate of a finished trip, and from what it was made."""

    scored: Scored
    source: EtaSource


def evaluate(trips: Sequence[Trip], learned: Sequence[Trip] | None = None) -> Iterator[Estimated]:
    """Estimate each trip that arrived from `learned`, or else from all others; never from itself."""
    roads, pool = Roads(), trips if learned is None else learned
    names = {other.name for other in pool}
    of_all: tuple[History, _Ranges] | None = None
    for trip in trips:
        if trip.arrived_s is None or len(trip.fixes) < FEWEST_FIXES:
            continue
        if trip.name in names:
            others = [other for other in pool if other.name != trip.name]
            yield from _estimate(trip, History(others, roads), _ranges(others, roads))
        else:
            of_all = of_all or (History(pool, roads), _ranges(pool, roads))
            yield from _estimate(trip, *of_all)


def _estimate(trip: Trip, history: History, ranges: _Ranges) -> Iterator[Estimated]:
    for at, expected in list(_expect(trip, history))[UNSCORED_FIXES:]:
        early_s, late_s = _range_s(ranges, expected, at)
        yield Estimated(
            Scored(
                trip=trip.name,
                computed_at=at,
                predicted_at=_moment(expected.at_s),
                earliest=max(at, _moment(expected.at_s - early_s)),
                latest=_moment(expected.at_s + late_s),
                arrived_at=_moment(trip.arrived_s or 0.0),
            ),
            expected.source,
        )


def _expect(trip: Trip, history: History) -> Iterator[tuple[datetime, Expected]]:
    journey = history.follow(trip.destination)
    for fix in trip.fixes:
        expected = journey.follow(fix)
        if trip.arrived_s is not None and fix.at.timestamp() < trip.arrived_s:
            yield fix.at, expected


def _range_s(ranges: _Ranges, expected: Expected, at: datetime) -> tuple[float, float]:
    left_s = expected.at_s - at.timestamp()
    if expected.source in ranges:
        return ranges[expected.source].at(left_s)
    return EARLY_S + EARLY_SHARE * left_s, LATE_S + LATE_SHARE * left_s


def _ranges(trips: Sequence[Trip], roads: Roads) -> _Ranges:
    """Learn how far off estimates of these trips are, each made from the others."""
    arrived = [trip for trip in trips if trip.arrived_s is not None and len(trip.fixes) >= FEWEST_FIXES]
    step = max(1, -(-len(arrived) // MOST_CALIBRATED))
    errors: dict[EtaSource, list[PastError]] = {}
    for trip in sorted(arrived, key=lambda trip: trip.name)[::step]:
        history = History([other for other in trips if other.name != trip.name], roads)
        for at, expected in list(_expect(trip, history))[UNSCORED_FIXES:]:
            left_s = expected.at_s - at.timestamp()
            errors.setdefault(expected.source, []).append(
                PastError(trip.name, left_s, (trip.arrived_s or 0.0) - expected.at_s)
            )
    return {source: RangeTable(learn_ranges(told, CONFIDENCE)) for source, told in errors.items()}


def _moment(unix_s: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=unix_s)
