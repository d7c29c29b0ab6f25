"""Where somebody is along a route: cheap local geometry, done for every ping."""

from __future__ import annotations

import math

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
        self._xy = [self._flat(point) for point in route.points]
        if len(self._xy) == 1:  # already there: a segment of no length
            self._xy = self._xy * 2
            self._at_s: tuple[float, ...] = (route.at_s[0], route.at_s[0])
        else:
            self._at_s = route.at_s

    def project(self, position: Point, last: Progress | None = None) -> Progress:
        """Find the nearest place on the route, near the `last` one where that fits, else anywhere.

        Whoever left the route is looked for nearby only, since looking everywhere for each ping costs ten times
        as much, and another route is on its way.
        """
        x, y = self._flat(position)
        count = len(self._xy) - 1
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
        ax, ay = self._xy[first]
        for index in range(first, end):
            bx, by = self._xy[index + 1]
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            part = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length)) if length else 0.0
            square = (x - ax - part * dx) ** 2 + (y - ay - part * dy) ** 2
            if square < best_square:
                best, best_part, best_square = index, part, square
            ax, ay = bx, by
        passed_s = self._at_s[best] + best_part * (self._at_s[best + 1] - self._at_s[best])
        return Progress(best, best_part, math.sqrt(best_square), max(0.0, self._at_s[-1] - passed_s))
