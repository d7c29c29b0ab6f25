"""Ranges that hold: how far past arrivals were from what was expected, by the time to the arrival.

Conformal prediction with trips as groups (Dunn, Wasserman and Ramdas, "Distribution-free prediction sets for
two-layer hierarchical models", 2022): each trip counts alike however often it was estimated, and the trip that comes
counts as one more, of which nothing is known. Nothing is assumed about how errors are distributed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import msgspec

from hub.domain.eta_model import Range
from hub.domain.live_messages import EtaSource

KNOTS_S = (60.0, 120.0, 240.0, 480.0, 900.0, 1_800.0, 3_600.0, 7_200.0)
"""Times to arrival for which ranges are learned, each about twice the one before."""
BASE_S = 60.0
"""Errors add up along the way like steps of a random walk: they are compared by the square root of the time left, and
a minute, since even at the door something may be unexpected."""
AGES_S = (30.0, 60.0, 120.0)
"""Ages of positions for which it is learned how much wider the range must be: from `delayed` to `lost`."""
FEWEST_AGED = 10
"""So many trips with old positions, before they are believed."""


class PastError(msgspec.Struct, frozen=True):
    """One estimate of a finished trip."""

    trip: str
    left_s: float
    """What it said was left."""
    error_s: float
    """By how much the arrival was later than it said."""


def learn_ranges(errors: Iterable[PastError], confidence: float) -> tuple[Range, ...]:
    """Learn the range that holds the arrival of the next trip with this probability; empty without errors.

    Where enough trips are known for it, each time to arrival has a range and each side a width of its own.
    """
    told = list(errors)
    if not told:
        return ()
    of_all = _sides(told, confidence)
    found: list[Range] = []
    before = Range(0.0, 0.0, 0.0)
    for knot_s in KNOTS_S:
        near = [one for one in told if knot_s / 2 <= one.left_s < knot_s * 2]
        early, late = _sides(near, confidence) if _has_sides(near, confidence) else of_all
        scale = math.sqrt(knot_s + BASE_S)
        before = Range(knot_s, max(before.early_s, early * scale), max(before.late_s, late * scale))
        found.append(before)
    return tuple(found)


def _has_sides(errors: Sequence[PastError], confidence: float) -> bool:
    """Tell whether so many trips tell a quantile of each side."""
    trips = len({one.trip for one in errors})
    return (1 + confidence) / 2 * (trips + 1) <= trips


def _sides(errors: Sequence[PastError], confidence: float) -> tuple[float, float]:
    """Tell how far the range reaches to the early and the late side, in seconds for each root of a second left.

    With too few trips for a quantile of each side, both reach as far.
    """
    scores = [(one.trip, one.error_s / math.sqrt(max(0.0, one.left_s) + BASE_S)) for one in errors]
    if _has_sides(errors, confidence):
        side = (1 + confidence) / 2
        return max(0.0, _quantile([(trip, -score) for trip, score in scores], side)), max(0.0, _quantile(scores, side))
    both = _quantile([(trip, abs(score)) for trip, score in scores], confidence)
    return both, both


def _quantile(scores: Sequence[tuple[str, float]], level: float) -> float:
    """Find the score below which this share of the next trip's lies.

    Where so few trips are too few for that, it is the largest, and larger the fewer they are.
    """
    counts: dict[str, int] = defaultdict(int)
    for trip, _ in scores:
        counts[trip] += 1
    trips = len(counts)
    order = sorted(scores, key=lambda score: score[1])
    if level * (trips + 1) > trips:
        return order[-1][1] * level * (trips + 1) / trips
    reached = list(accumulate(1 / counts[trip] / (trips + 1) for trip, _ in order))
    return order[min(bisect_right(reached, level - 1e-9), len(order) - 1)][1]


class RangeTable:
    """Learned ranges, for quick interpolation."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._ranges = ranges
        self._left_s = [one.left_s for one in ranges]

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def at(self, left_s: float) -> tuple[float, float]:
        """Tell how many seconds the range reaches before and after; beyond the last knot in proportion."""
        place = bisect_right(self._left_s, left_s)
        if place == 0:
            return self._ranges[0].early_s, self._ranges[0].late_s
        before = self._ranges[place - 1]
        if place == len(self._ranges):
            more = left_s / before.left_s if before.left_s > 0 else 1.0
            return before.early_s * more, before.late_s * more
        after = self._ranges[place]
        part = (left_s - before.left_s) / (after.left_s - before.left_s)
        return (
            before.early_s + part * (after.early_s - before.early_s),
            before.late_s + part * (after.late_s - before.late_s),
        )


def learn_ages(
    aged: Mapping[EtaSource, Sequence[tuple[float, PastError]]],
    ranges: Mapping[EtaSource, Sequence[Range]],
    confidence: float,
) -> tuple[tuple[float, float], ...]:
    """Learn how much wider ranges must be for old positions: the age in seconds and the factor, never falling."""
    scores: list[tuple[float, str, float]] = []
    for source, told in aged.items():
        table = RangeTable(ranges[source])
        for age_s, one in told:
            early_s, late_s = table.at(one.left_s)
            reach_s = late_s if one.error_s > 0 else early_s
            if reach_s > 0:
                scores.append((age_s, one.trip, abs(one.error_s) / reach_s))
    found: list[tuple[float, float]] = []
    for knot_s in AGES_S:
        near = [(trip, score) for age_s, trip, score in scores if knot_s / 2 <= age_s < knot_s * 2]
        if len({trip for trip, _ in near}) >= FEWEST_AGED:
            found.append((knot_s, max(found[-1][1] if found else 1.0, _quantile(near, confidence))))
    return tuple(found)
