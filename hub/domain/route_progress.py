"""Where somebody is along a route: cheap local geometry, done for every ping."""

from __future__ import annotations

import math
from itertools import pairwise

import msgspec

from hub.domain.geodesy import METRES_PER_DEGREE, Point
from hub.domain.routing import Route

LEFT_AFTER_M = 60.0
"""Farther from the route than this means that it was left: the road is another one."""
AHEAD, BEHIND = 8, 2
"""How many segments around the last one are looked at before all of them are."""


class Progress(msgspec.Struct, frozen=True):
    """A projection onto a route."""

    segment: int
    """Index of the segment's first point."""
    part: float
    """How far along the segment, 0 to 1."""
    off_route_m: float
    """Distance between the position and its projection."""
    remaining_s: float
    """Travel time from the projection to the route's end."""

    @property
    def has_left(self) -> bool:
        """Tell whether the position no longer belongs to the route."""
        return self.off_route_m > LEFT_AFTER_M


class PreparedRoute:
    """A route with its points in metres on a plane around its end, ready for many projections."""

    def __init__(self, route: Route) -> None:
        """Prepare `route`, which has at least one point and as many `at_s`."""
        self.route = route
        origin = route.points[-1]
        self._origin = origin
        self._per_lon = METRES_PER_DEGREE * math.cos(math.radians(origin.lat))
        places = [self._flat(point) for point in route.points]
        self._at_s = route.at_s
        if len(places) == 1:  # already there: a segment of no length
            places, self._at_s = places * 2, route.at_s * 2
        self._segments = [_segment(start, end) for start, end in pairwise(places)]

    def project(self, position: Point, last: Progress | None = None) -> Progress:
        """Find the nearest place on the route, near the `last` one where that fits, else anywhere.

        Whoever left the route is looked for nearby only, since looking everywhere for each ping costs ten times
        as much, and another route is on its way.
        """
        x, y = self._flat(position)
        count = len(self._segments)
        if last is not None:
            near = self._nearest(x, y, max(0, last.segment - BEHIND), min(count, last.segment + AHEAD))
            if last.has_left or not near.has_left:
                return near
        return self._nearest(x, y, 0, count)

    def _flat(self, point: Point) -> tuple[float, float]:
        east = (point.lon - self._origin.lon) * self._per_lon
        return east, (point.lat - self._origin.lat) * METRES_PER_DEGREE

    def _nearest(self, x: float, y: float, first: int, end: int) -> Progress:
        best, best_part, best_square = first, 0.0, math.inf
        for index, (ax, ay, dx, dy, per_square) in enumerate(self._segments[first:end], first):
            px, py = x - ax, y - ay
            part = (px * dx + py * dy) * per_square
            part = 0.0 if part < 0.0 else 1.0 if part > 1.0 else part
            off_x, off_y = px - part * dx, py - part * dy
            square = off_x * off_x + off_y * off_y
            if square < best_square:
                best, best_part, best_square = index, part, square
        passed_s = self._at_s[best] + best_part * (self._at_s[best + 1] - self._at_s[best])
        return Progress(best, best_part, math.sqrt(best_square), max(0.0, self._at_s[-1] - passed_s))


_Segment = tuple[float, float, float, float, float]
"""Where it begins, its way east and north in metres, and 1 through the square of its length (0 where it has none)."""


def _segment(start: tuple[float, float], end: tuple[float, float]) -> _Segment:
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy
    return *start, dx, dy, 1.0 / square if square else 0.0
