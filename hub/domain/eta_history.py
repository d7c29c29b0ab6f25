"""What other trips needed from here on along the same road: arrivals from history alone, without a router."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import median

from hub.domain.eta_corridor import Flat, Line, Match, Passing, stretches
from hub.domain.eta_sections import (
    LONG_STEPS,
    SHORT_STEPS,
    STEP_M,
    TRAFFIC_S,
    Knots,
    Section,
    Whole,
    alike,
    scaled,
    sections,
    steps_of,
    weighted_median,
)

FRESH_S = 600.0
"""Weights by the hour change slowly: they are renewed after so long."""
PACE = 0.1
"""Beyond the hour, one trip is quicker or slower than another by about so much all along."""
DOUBTED = 2.0
"""As many trips' worth of doubt as a spread seen in few trips gets."""
UNUSUAL = 3.0
"""A delay of more spreads than these was a wait, which says no more about the road ahead: the rule for outliers."""


class Corridor:
    """One road to one destination, and what the trips along it needed."""

    def __init__(self, line: Line, tracks: Sequence[Knots]) -> None:
        """Take the line, and for each trip when it passed the steps of it."""
        self.line = line
        self.steps, self.step_m = steps_of(line.length_m)
        self.edges = [0, *range(SHORT_STEPS, self.steps, SHORT_STEPS), self.steps]
        """At which steps the sections begin and end whose times `at` answers."""
        self._trips = [track for track in tracks if track.passings]
        self._around_s = sorted(
            needed_s
            for trip in self._trips
            for place in range(self.steps - 1)
            if (needed_s := trip.needed_s(place, place + 2)) is not None
        )
        self._around_sum_s = list(accumulate(reversed(self._around_s), initial=0.0))[::-1]
        """The sum of it from each place on."""
        self._learned: dict[int, tuple[list[float], list[Section]]] = {}

    def at(self, now_s: float) -> tuple[list[float], list[Section]]:
        """Tell the seconds left from each step, and the times of the sections, as trips of this hour needed them."""
        key = int(now_s // FRESH_S)
        if key not in self._learned:
            told = sections(self._trips, self.edges, now_s)
            usual_s = self._usual_s(told)
            whole = [Whole(trip, usual_s) for trip in self._trips]
            profiles = [scaled(usual_s, whole, edges, now_s) for edges in self._long_edges()]
            steps_s = [sum(step_s) / len(profiles) for step_s in zip(*profiles, strict=True)]
            left_s = list(accumulate(reversed(steps_s), initial=0.0))[::-1]
            self._learned = {key: (left_s, [section for section, _ in told])}
        return self._learned[key]

    def wait_s(self, along_m: float, waited_s: float, now_s: float, *, begins: bool) -> float | None:
        """Tell the seconds left of the two steps around a place, of which so many are spent; None where nobody passed.

        Where this trip only `begins`, so may the others.

        Those count that were there longer than that, and one more that is like any place of the corridor: who has
        stood long already will stand longer, even where nobody has stood before.
        """
        ahead_m, behind_m = min(along_m + STEP_M, self.line.length_m), along_m - STEP_M
        left_s, weights = [], []
        passed = 0.0
        for trip in self._trips:
            for passing in trip.passings:
                after_s, before_s = passing.left_at_s(ahead_m), passing.left_at_s(max(behind_m, passing.along_m[0]))
                if after_s is None or before_s is None or passing.along_m[0] > (along_m if begins else behind_m):
                    continue
                weight = alike(after_s, now_s)
                passed += weight
                if after_s - before_s > waited_s:
                    left_s.append(after_s - before_s - waited_s)
                    weights.append(weight)
        if not passed:
            return None
        longer = bisect_right(self._around_s, waited_s)
        count = len(self._around_s) - longer
        left_s.append((self._around_sum_s[longer] - count * waited_s) / (count + 1))
        weights.append(1.0)
        return weighted_median(left_s, weights)

    def _long_edges(self) -> list[list[int]]:
        """Cut the corridor into long sections, each length at two places."""
        cuts = [(steps, first) for steps in LONG_STEPS for first in (steps, steps // 2)]
        return [[0, *range(first, self.steps, steps), self.steps] for steps, first in cuts]

    def _usual_s(self, told: Sequence[tuple[Section, list[float]]]) -> list[float]:
        """Tell the usual seconds for each step; where nobody passed, they are as many as elsewhere."""
        parts = list(zip(pairwise(self.edges), told, strict=True))
        known = [(last - first, section.needed_s) for (first, last), (section, _) in parts if section.trips]
        elsewhere_s = sum(needed_s for _, needed_s in known) / sum(steps for steps, _ in known) if known else 0.0
        usual_s: list[float] = []
        for (first, last), (section, left) in parts:
            if section.trips:
                usual_s += [section.needed_s * (here - after) for here, after in pairwise([*left, 0.0])]
            else:
                usual_s += [elsewhere_s] * (last - first)
        return usual_s


class Follower:
    """One trip on a corridor, fix by fix."""

    def __init__(self, corridor: Corridor) -> None:
        self.corridor = corridor
        self._match = Match(corridor.line)
        self._passing = Passing()
        self.fixes = 0
        """How many fixes were on the corridor."""

    @property
    def against(self) -> float:
        """Tell what speaks against this road, on average over the fixes."""
        return self._match.against / max(1, self.fixes)

    def follow(self, place: Flat, at_s: float) -> float | None:
        """Take the next fix; tell the seconds left from it, None where it is off the corridor."""
        along_m = self._match.follow(place, at_s)
        if along_m is None:
            return None
        self.fixes += 1
        self._passing = self._passing.add(along_m, at_s)
        return self._left_s(at_s)

    def _left_s(self, now_s: float) -> float:
        corridor, along_m = self.corridor, self._passing.along_m[-1]
        left_s, told = corridor.at(now_s)
        behind_m = along_m - STEP_M
        since_s = self._passing.left_at_s(behind_m)
        waited_s = now_s - (self._passing.at_s[0] if since_s is None else since_s)
        wait_s = corridor.wait_s(along_m, waited_s, now_s, begins=since_s is None)
        place = min(along_m if wait_s is None else along_m + STEP_M, corridor.line.length_m) / corridor.step_m
        first = min(int(place), corridor.steps - 1)
        ahead_s = left_s[first] + (place - first) * (left_s[first + 1] - left_s[first])
        fades_s = TRAFFIC_S * (1 - math.exp(-ahead_s / TRAFFIC_S))
        return (wait_s or 0.0) + max(0.0, ahead_s + self._slower(told, now_s) * fades_s)

    def _slower(self, told: Sequence[Section], now_s: float) -> float:
        """Tell by which share this trip has been slower than others: the longer it is seen, the more that is believed.

        Sections that all trips need about the same time for tell most; what was long ago tells less.
        """
        usual = [section.spread_s**2 / section.needed_s for section in told if section.trips and section.needed_s > 0]
        if not usual:
            return 0.0
        spread = median(usual)
        edges, step_m = self.corridor.edges, self.corridor.step_m
        slower = certain = 0.0
        for (first, last), section in zip(pairwise(edges), told, strict=True):
            from_s, to_s = self._passing.left_at_s(first * step_m), self._passing.left_at_s(last * step_m)
            if from_s is None or to_s is None or not section.trips:
                continue
            seen, needed_s = section.trips - 1, section.needed_s
            square = (seen * section.spread_s**2 + DOUBTED * spread * needed_s) / (seen + DOUBTED)
            if square <= 0:
                continue
            most_s = UNUSUAL * math.sqrt(square)
            late_s = min(most_s, max(-most_s, to_s - from_s - needed_s))
            weight = math.exp(-(now_s - to_s) / TRAFFIC_S) * needed_s / square
            slower, certain = slower + weight * late_s, certain + weight * needed_s
        return slower / (1 / PACE**2 + certain)


def lay(line: Line, places: Sequence[Flat], at_s: Sequence[float], arrived_s: float | None) -> Knots:
    """Lay a track (its places, their seconds, and the arrival at the line's end where there was one) onto a line."""
    match = Match(line)
    for place, moment_s in zip(places, at_s, strict=True):
        match.follow(place, moment_s)
    end_m = None if arrived_s is None else line.length_m
    return Knots(stretches(match.way(), at_s, end_m, arrived_s or 0.0), line.length_m)
