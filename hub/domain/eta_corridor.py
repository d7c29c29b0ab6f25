"""How finished trips went along the same road: their fixes laid onto one line, and when they passed each place of it.

Everything is in metres on a plane and in Unix seconds: it is done for whole trips of many fixes.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from hub.domain.route_progress import LEFT_AFTER_M

Flat = tuple[float, float]
"""Metres east and north."""
NOISE_M = 30.0
"""Fixes of somebody who stands still scatter about so far; a smaller step is no movement."""
DRAWN_M = 1.5 * NOISE_M
"""Only steps as long as this draw the line: shorter ones would add the scatter of every wait to its length."""
WIDEST_M = 4 * LEFT_AFTER_M
"""A line between two fixes cuts a right-angled corner by at most half its length; beyond this it is another road."""
FASTEST_MPS = 45.0
"""Nobody drives faster than 160 km/h: where a line passes a place twice, it tells which time is meant."""
UNLIKELY = 50.0
"""The most that one doubtful step counts against a match, so that one bad fix doesn't outweigh all others."""
BACK_M = 2 * NOISE_M
"""So far apart are places that noise can't take for each other."""
TURNED_FIXES = 3
"""So many fixes in a row that are another road's distance back are a way back; less is the scatter of a wait."""
_Spot = tuple[float, float]
"""Metres off the line, and metres along it."""


class Line:
    """A road, as one trip's fixes drew it."""

    def __init__(self, fixes: Sequence[Flat]) -> None:
        """Take at least one fix; those that show no movement are left out."""
        points = [fixes[0]]
        for fix in fixes[1:]:
            if math.dist(fix, points[-1]) >= DRAWN_M:
                points.append(fix)
        self._pieces: list[tuple[float, float, float, float, float, float, float, float]] = []
        self._known: dict[Flat, list[_Spot]] = {}
        self.length_m = 0.0
        for (ax, ay), (bx, by) in pairwise(points):
            long_m = math.dist((ax, ay), (bx, by))
            wide_m = min(LEFT_AFTER_M + long_m / 2, WIDEST_M)
            self._pieces.append((ax, ay, bx - ax, by - ay, long_m**2, self.length_m, long_m, wide_m**2))
            self.length_m += long_m

    def spots(self, place: Flat) -> list[_Spot]:
        """Find where a place may lie on the line: the nearest spot of each stretch that passes near it."""
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = self._find(place)
        return known

    def _find(self, place: Flat) -> list[_Spot]:
        found: list[_Spot] = []
        best: _Spot | None = None
        px, py = place
        for ax, ay, dx, dy, square, from_m, long_m, wide_square in self._pieces:
            x, y = px - ax, py - ay
            part = (x * dx + y * dy) / square
            part = 0.0 if part < 0.0 else 1.0 if part > 1.0 else part
            x, y = x - part * dx, y - part * dy
            off_square = x * x + y * y
            if off_square > wide_square:
                if best is not None:
                    found.append(best)
                    best = None
            elif best is None or off_square < best[0] * best[0]:
                best = (math.sqrt(off_square), from_m + part * long_m)
        return found if best is None else [*found, best]


class Match:
    """Lays fixes onto a line one after the other, the likeliest way: Viterbi over the few spots of each."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._ways: list[tuple[float, float]] = []
        """What speaks against each spot of the last fix that was on the line, and the spot."""
        self._at_s = 0.0
        self._steps: list[list[tuple[float, int | None]]] = []
        self.against = 0.0
        """What speaks against the likeliest way, in all."""

    def follow(self, place: Flat, at_s: float) -> float | None:
        """Take the next fix; tell how many metres along the line it is most likely, None where it is off the line."""
        spots = self._line.spots(place)
        step: list[tuple[float, int | None]] = []
        ways = []
        for off_m, along_m in spots:
            against = (off_m / NOISE_M) ** 2
            came_from = None
            if self._ways:
                costs = [cost + self._doubt(along_m - before_m, at_s) for cost, before_m in self._ways]
                came_from = min(range(len(costs)), key=costs.__getitem__)
                against += costs[came_from]
            ways.append((against, along_m))
            step.append((along_m, came_from))
        self._steps.append(step)
        if not ways:
            return None
        least = min(ways)[0]
        self.against += least
        self._ways = [(against - least, along_m) for against, along_m in ways]
        self._at_s = at_s
        return min(self._ways)[1]

    def way(self) -> list[float | None]:
        """Tell for all fixes so far how many metres along the line they were, knowing what came after them."""
        way: list[float | None] = [None] * len(self._steps)
        if not self._ways:
            return way
        chosen: int | None = min(range(len(self._ways)), key=lambda place: self._ways[place][0])
        for number in range(len(self._steps) - 1, -1, -1):
            if self._steps[number] and chosen is not None:
                way[number], chosen = self._steps[number][chosen]
        return way

    def _doubt(self, step_m: float, at_s: float) -> float:
        """Tell what speaks against a step: going back, or faster than anybody drives."""
        too_far_m = -step_m if step_m < 0 else step_m - FASTEST_MPS * (at_s - self._at_s) - BACK_M
        return min(UNLIKELY, (too_far_m / NOISE_M) ** 2) if too_far_m > 0 else 0.0


class Passing:
    """When somebody passed each place of a stretch of the line, without gaps and never backwards."""

    def __init__(self) -> None:
        self.along_m: list[float] = []
        self.at_s: list[float] = []
        self._back = 0

    def add(self, along_m: float, at_s: float) -> Passing:
        """Take the next fix; return its stretch, a new one where the way leads back; one step back is noise."""
        behind = bool(self.along_m) and along_m < self.along_m[-1] - WIDEST_M
        self._back = self._back + 1 if behind else 0
        if self._back == TURNED_FIXES:
            return Passing().add(along_m, at_s)
        self.along_m.append(max(along_m, self.along_m[-1]) if self.along_m else along_m)
        self.at_s.append(at_s)
        return self

    def left_at_s(self, along_m: float) -> float | None:
        """Tell when a place was left behind, or reached where the stretch ends; None outside the stretch."""
        if not self.along_m or not self.along_m[0] <= along_m <= self.along_m[-1]:
            return None
        after = bisect_right(self.along_m, along_m)
        if after == len(self.along_m):
            return self.at_s[self.along_m.index(self.along_m[-1])]
        from_m, to_m = self.along_m[after - 1], self.along_m[after]
        from_s, to_s = self.at_s[after - 1], self.at_s[after]
        return from_s + (along_m - from_m) / (to_m - from_m) * (to_s - from_s)


def stretches(way: Sequence[float | None], at_s: Sequence[float], end_m: float | None, end_s: float) -> list[Passing]:
    """Cut a way along a line into stretches that lead forward; those that lead nowhere are dropped.

    Where the trip arrived, `end_m` is the line's end and `end_s` the arrival.
    """
    found: list[Passing] = []
    now: Passing | None = None
    for along_m, moment_s in zip(way, at_s, strict=True):
        if along_m is None:
            now = None
            continue
        after = (Passing() if now is None else now).add(along_m, moment_s)
        if after is not now:
            found.append(after)
            now = after
    if end_m is not None and now is not None:
        now.add(end_m, max(end_s, now.at_s[-1]))
    return [one for one in found if one.along_m[-1] - one.along_m[0] > BACK_M]
