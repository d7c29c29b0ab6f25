"""Travel guessed from the distance, for when no road router answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from geographiclib.geodesic import Geodesic

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route
from hub.domain.travel_times import DETOUR, SPEED_MPS
from hub.store.routers.port import DriveTimes, NoAnswer


class GeodesicRouter:
    """Draws straight lines and takes the time from their length."""

    async def route(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route:
        """Estimate the drive that passes `via` in order; there always is one."""
        return straight(start, end, via)

    async def table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes:
        """Estimate how long the drives from each start to each end take."""
        return straight_table(starts, ends)

    async def ask_table(self, starts: Sequence[Point], ends: Sequence[Point]) -> NoAnswer:
        """Tell that no roads are known."""
        return NoAnswer.NO_ROAD

    async def answers(self) -> bool:
        """Tell that arithmetic works."""
        return True

    async def close(self) -> None:
        """Do nothing: there are no connections."""


def straight(start: Point, end: Point, via: Sequence[Point] = ()) -> Route:
    """Estimate a drive by geodesics on WGS 84, a detour factor and a mean speed."""
    points = (start, *via, end)
    driven_m = list(accumulate((_geodesic_m(a, b) * DETOUR for a, b in pairwise(points)), initial=0.0))
    at_s = tuple(each_m / SPEED_MPS for each_m in driven_m)
    return Route(points, at_s, at_s[-1], driven_m[-1], EtaSource.DISTANCE, tuple(via))


def straight_table(starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes:
    """Estimate the seconds of the drives from each start to each end."""
    return [[_geodesic_m(start, end) * DETOUR / SPEED_MPS for end in ends] for start in starts]


def _geodesic_m(start: Point, end: Point) -> float:
    answer = Geodesic.WGS84.Inverse(start.lat, start.lon, end.lat, end.lon, Geodesic.DISTANCE)
    length_m: float = answer["s12"]
    return length_m
