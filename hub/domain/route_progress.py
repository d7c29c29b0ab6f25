"""Where somebody is along a route: cheap local geometry, done for every ping."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate, pairwise

import msgspec

from hub.domain.geodesy import METRES_PER_DEGREE, Point
from hub.domain.routing import Route

LEFT_AFTER_M = 60.0
"""Farther from the route than this, a position lies off it: the road is another one, or the fix is bad."""
AHEAD_M = 1_000.0
"""How far beyond the last place the next one is looked for before it is looked for everywhere."""
SURE_M = 30.0
"""A place of the road at most this far from the position is where it is, even if the road comes by again later."""


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
    def is_off(self) -> bool:
        """Tell whether the position lies off the route."""
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
        self._along_m = list(accumulate((math.hypot(dx, dy) for _, _, dx, dy, _ in self._segments), initial=0.0))
        self._end_s = self._at_s[-1]

    def project(self, position: Point) -> Progress:
        """Find the nearest place on the whole route."""
        x, y = self._flat(position)
        return self._nearest(x, y, 0, len(self._segments))

    def project_on(self, position: Point, from_m: float, *, nearby_only: bool = False) -> Progress:
        """Find the first place from `from_m` metres of the route on that fits, else the nearest one.

        Where a road comes back upon itself, the place that comes first is the one. With `nearby_only` nothing else is
        looked at, since looking everywhere for each ping costs ten times as much.
        """
        x, y = self._flat(position)
        first = max(0, bisect_right(self._along_m, from_m, 0, len(self._segments)) - 1)
        end = bisect_right(self._along_m, self._along_m[first] + AHEAD_M, first, len(self._segments))
        near = self._first_fitting(x, y, first, max(end, first + 1))
        return self._nearest(x, y, 0, len(self._segments)) if near.is_off and not nearby_only else near

    def along_m(self, progress: Progress) -> float:
        """Tell how many metres of the route lie behind a place on it."""
        start_m = self._along_m[progress.segment]
        return start_m + progress.part * (self._along_m[progress.segment + 1] - start_m)

    def toward(self, position: Point) -> Progress:
        """Tell how far it still is on a straight line, wherever somebody goes: roads lead around it on all sides."""
        x, y = self._flat(position)
        ax, ay, dx, dy, per_square = self._segments[0]
        left_m = math.hypot(ax + dx - x, ay + dy - y)
        part = 1.0 - left_m * math.sqrt(per_square)
        return Progress(0, part, 0.0, self._end_s - part * self._at_s[1])

    def left(self, progress: Progress) -> tuple[Point, ...]:
        """Give the line from the projection to the end."""
        points, at = self.route.points, progress.segment
        begin, end = points[at], points[min(at + 1, len(points) - 1)]
        lat = begin.lat + progress.part * (end.lat - begin.lat)
        return Point(lat, begin.lon + progress.part * (end.lon - begin.lon)), *points[at + 1 :]

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
        return self._progress(best, best_part, best_square)

    def _first_fitting(self, x: float, y: float, first: int, end: int) -> Progress:
        """Look like `_nearest`, and stop where the road leads away again from a place that is near enough."""
        best, best_part, best_square = first, 0.0, math.inf
        for index in range(first, end):
            ax, ay, dx, dy, per_square = self._segments[index]
            px, py = x - ax, y - ay
            part = (px * dx + py * dy) * per_square
            part = 0.0 if part < 0.0 else 1.0 if part > 1.0 else part
            off_x, off_y = px - part * dx, py - part * dy
            square = off_x * off_x + off_y * off_y
            if square < best_square:
                best, best_part, best_square = index, part, square
            elif square > best_square and best_square <= SURE_M * SURE_M:
                break
        return self._progress(best, best_part, best_square)

    def _progress(self, segment: int, part: float, square: float) -> Progress:
        passed_s = self._at_s[segment] + part * (self._at_s[segment + 1] - self._at_s[segment])
        return Progress(segment, part, math.sqrt(square), max(0.0, self._end_s - passed_s))


_Segment = tuple[float, float, float, float, float]
"""Where it begins, its way east and north in metres, and 1 through the square of its length (0 where it has none)."""


def _segment(start: tuple[float, float], end: tuple[float, float]) -> _Segment:
    dx, dy = end[0] - start[0], end[1] - start[1]
    square = dx * dx + dy * dy
    return *start, dx, dy, 1.0 / square if square else 0.0
