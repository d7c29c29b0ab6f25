"""Roads as values: where a drive leads and how far it is along by which second."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import msgspec
import polyline

from hub.domain.geodesy import Point, distance_m
from hub.domain.live_messages import EtaSource

PRECISION = 6
"""Decimals of a degree in encoded lines (the contract's `polyline6`)."""


class Route(msgspec.Struct, frozen=True):
    """A way to drive, with the time at each of its points."""

    points: tuple[Point, ...]
    """The line, at least one point; two neighbours may be the same place."""
    at_s: tuple[float, ...]
    """Seconds after the start at which each point is passed: as many as points, from 0, never falling."""
    duration_s: float
    """Seconds the whole drive takes: the last of `at_s`."""
    distance_m: float
    """Metres driven, which for an estimate by distance is more than the line's own length."""
    source: EtaSource
    """`route` when a road router answered, `distance` when it is an estimate by distance."""
    via: tuple[Point, ...] = ()
    """Places on the way where somebody stops, in order; the time spent there is no part of the drive."""

    def __post_init__(self) -> None:
        """Raise ValueError unless every point has its second."""
        if not self.points or len(self.points) != len(self.at_s):
            raise ValueError("a route needs at least one point, and a second for each")

    @property
    def polyline6(self) -> str:
        """Encode the line for the wire."""
        return encode(self.points)


def encode(points: Sequence[Point]) -> str:
    """Encode places as a polyline of 6 decimals."""
    return polyline.encode([(point.lat, point.lon) for point in points], PRECISION)


def decode(text: str) -> tuple[Point, ...]:
    """Decode a polyline of 6 decimals. Raises ValueError or IndexError where it is none."""
    return tuple(Point(lat, lon) for lat, lon in polyline.decode(text, PRECISION))


def pass_times(points: Sequence[Point], segments_s: Sequence[float], duration_s: float) -> tuple[float, ...]:
    """Tell at which second each point is passed when the segments take `segments_s`, the whole `duration_s`.

    Waiting at crossings is part of the duration but of no segment (OSRM's annotations leave out its turn
    penalties, which are up to half of a drive in a city centre): the segments are stretched alike to fill it.
    Where there is not one value per segment, or no time in them, the duration is spread over the distance.
    """
    fits = len(segments_s) == len(points) - 1 and sum(segments_s) > 0
    weights = segments_s if fits else [distance_m(a, b) for a, b in pairwise(points)]
    passed = list(accumulate(weights, initial=0.0))
    if passed[-1] <= 0:  # one place only, or no time at all: everything is passed at the end
        return (0.0,) + (duration_s,) * (len(points) - 1)
    return (*(duration_s * part / passed[-1] for part in passed[:-1]), duration_s)
