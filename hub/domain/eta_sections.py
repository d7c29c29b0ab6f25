"""How long trips need for each section of a corridor: medians in which trips of about the same hour count most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

import msgspec

from hub.domain.eta_corridor import Passing

STEP_M = 50.0
"""A corridor is measured at places so far apart."""
SHORT_STEPS = 8
"""Sections of 400 m tell where along a corridor the time goes, and how much a trip differs from others."""
LONG_STEPS = (32, 16)
"""Sections of 1600 and 800 m tell how much time it is. The sum of many short medians is too little, for it forgets the
waits that each trip has somewhere; the median of the whole way is what a single trip needed. Longer sections, up to all
of it, come out alike: that of both lengths, cut at two places each, depends little on the cuts."""
TRAFFIC_S = 3600.0
"""Traffic is alike for about an hour (the model's hours of the week are no finer)."""
OTHER_HOURS = 0.1
"""Ten trips of other hours count as much as one of this: with few trips all of them help."""
DAY_S = 86_400.0


class Section(msgspec.Struct, frozen=True):
    """The time for one section of a corridor."""

    needed_s: float
    spread_s: float
    """Standard deviation from trip to trip, from the mean deviation, so that one long wait doesn't rule it."""
    trips: int


def steps_of(length_m: float) -> tuple[int, float]:
    """Tell into how many steps a corridor is divided, and how long they are."""
    steps = max(1, round(length_m / STEP_M))
    return steps, length_m / steps


class Knots:
    """When one trip passed each step of a corridor; None where it did not, or its track has a gap before."""

    def __init__(self, passings: Sequence[Passing], length_m: float) -> None:
        """Take the stretches of a corridor of this length that the trip passed."""
        self.passings = passings
        steps, step_m = steps_of(length_m)
        self.at_s: list[float | None] = [None] * (steps + 1)
        self._piece = [-1] * (steps + 1)
        for number, passing in enumerate(passings):
            first = max(0, math.ceil(passing.along_m[0] / step_m))
            for place in range(first, min(steps, int(passing.along_m[-1] / step_m)) + 1):
                self.at_s[place] = passing.left_at_s(place * step_m)
                self._piece[place] = number
            if passing.along_m[-1] >= steps * step_m - 1e-6:  # rounding must not lose the end
                self.at_s[steps], self._piece[steps] = passing.at_s[-1], number
        self.steps_s = [self.needed_s(step, step + 1) for step in range(steps)]
        """The seconds for each step."""

    def needed_s(self, first: int, last: int) -> float | None:
        """Tell the seconds from one step to another; None where the trip tells nothing of it."""
        from_s, to_s = self.at_s[first], self.at_s[last]
        if from_s is None or to_s is None or self._piece[first] != self._piece[last]:
            return None
        return to_s - from_s

    def to_go_s(self, first: int, last: int) -> list[float]:
        """Tell the seconds from each step before `last` to it, where `needed_s` knows them."""
        end_s = self.at_s[last] or 0.0
        return [end_s - (at_s or 0.0) for at_s in self.at_s[first:last]]


def alike(one_s: float, other_s: float) -> float:
    """Weigh a trip by how near the hour of its passing is to another moment, on whatever day; up to 1.1."""
    apart_s = abs(one_s - other_s) % DAY_S
    return math.exp(-min(apart_s, DAY_S - apart_s) / TRAFFIC_S) + OTHER_HOURS


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """Find the middle, interpolated between the two values around it. There is at least one value."""
    order = sorted(zip(values, weights, strict=True))
    half, below, last = sum(weights) / 2, 0.0, order[0]
    last_middle = 0.0
    for value, weight in order:
        middle = below + weight / 2
        if middle >= half:
            if middle == half or last_middle == 0.0:
                return value
            return last[0] + (half - last_middle) / (middle - last_middle) * (value - last[0])
        below, last, last_middle = below + weight, (value, weight), middle
    return order[-1][0]


def sections(trips: Sequence[Knots], edges: Sequence[int], now_s: float) -> list[tuple[Section, list[float]]]:
    """Tell for each section between two edges the time for it, and the share of it that is left at each step of it."""
    found: list[tuple[Section, list[float]]] = []
    for first, last in pairwise(edges):
        told = [
            (needed_s, alike(passed_s, now_s), trip)
            for trip in trips
            if (needed_s := trip.needed_s(first, last)) is not None and (passed_s := trip.at_s[first]) is not None
        ]
        if not told:  # nobody passed it without a gap: as quick as the sections around it
            found.append((Section(math.nan, math.nan, 0), []))
            continue
        weights = [weight for _, weight, _ in told]
        middle_s = weighted_median([needed_s for needed_s, _, _ in told], weights)
        deviation_s = sum(abs(needed_s - middle_s) * weight for needed_s, weight, _ in told) / sum(weights)
        mean_s = sum(needed_s * weight for needed_s, weight, _ in told) / sum(weights)
        per_s = 1 / (sum(weights) * mean_s) if mean_s > 0 else 0.0
        left = [0.0] * (last - first)
        for _, weight, trip in told:
            for place, needed_s in enumerate(trip.to_go_s(first, last)):
                left[place] += needed_s * weight * per_s
        found.append((Section(middle_s, deviation_s * math.sqrt(math.pi / 2), len(told)), left))
    return found


class Whole:
    """A trip without gaps: where its track tells nothing, it went as usual."""

    def __init__(self, trip: Knots, usual_s: Sequence[float]) -> None:
        """Take the trip, and the usual seconds for each step."""
        self._trip = trip
        steps = list(zip(trip.steps_s, usual_s, strict=True))
        self._gone_s = [0.0, *accumulate(usual if step_s is None else step_s for step_s, usual in steps)]
        self._known_s = [0.0, *accumulate(0.0 if step_s is None else usual for step_s, usual in steps)]

    def needed(self, first: int, last: int, now_s: float) -> tuple[float, float]:
        """Tell the seconds from one step to another, and their weight: how much of usual seconds is known of it."""
        known_s = self._known_s[last] - self._known_s[first]
        if known_s <= 0:
            return 0.0, 0.0
        passed_s = next(at_s for at_s in self._trip.at_s[first:last] if at_s is not None)
        return self._gone_s[last] - self._gone_s[first], alike(passed_s, now_s) * known_s


def scaled(usual_s: Sequence[float], trips: Sequence[Whole], edges: Sequence[int], now_s: float) -> list[float]:
    """Scale the usual seconds of each step so that each section takes as long as the median of the trips."""
    found: list[float] = []
    for first, last in pairwise(edges):
        told = [trip.needed(first, last, now_s) for trip in trips]
        needed_s, weights = [one for one, weight in told if weight > 0], [weight for _, weight in told if weight > 0]
        factor = weighted_median(needed_s, weights) / sum(usual_s[first:last]) if weights else 1.0
        found += [step_s * factor for step_s in usual_s[first:last]]
    return found
