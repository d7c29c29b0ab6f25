"""Learn from finished trips alone, and estimate the arrival of another one fix by fix."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import median

import msgspec

from hub.domain.eta_corridor import Flat, Line
from hub.domain.eta_history import Corridor, Follower, lay
from hub.domain.eta_sections import Knots
from hub.domain.geodesy import METRES_PER_DEGREE, Point, distance_m
from hub.domain.live_messages import EtaSource
from hub.domain.travel import Fix

SAME_PLACE_M = 300.0
"""Destinations so near each other are one: a stop, a square, a large building."""
FEWEST_FIXES = 4
"""Fewer tell of no way."""
OWN_ROAD_SHARE = 0.8
"""A trip of which less lies along the roads known so far has a road of its own."""
DETOUR, USUAL_MPS = 1.4, 25 / 3.6
"""Roads are so much longer than the straight line, and this is a usual mean speed in city traffic."""
SMOOTH_S = 30.0
"""The expected arrival follows new fixes within about so long: a stop at lights is no delay yet."""


class Trip(msgspec.Struct, frozen=True):
    """A trip to somewhere."""

    name: str
    fixes: tuple[Fix, ...]
    """By time; of a finished trip none after the arrival."""
    destination: Point
    arrived_s: float | None = None
    """Unix seconds; None where nobody knows."""


class Expected(msgspec.Struct, frozen=True):
    """An arrival as it is expected after a fix."""

    at_s: float
    """Unix seconds; not before the fix."""
    source: EtaSource


class Plane:
    """Metres around a place."""

    def __init__(self, origin: Point) -> None:
        self._origin = origin
        self._per_lon = METRES_PER_DEGREE * math.cos(math.radians(origin.lat))

    def flat(self, place: Point) -> Flat:
        """Tell the metres east and north of the origin."""
        east = (place.lon - self._origin.lon + 180) % 360 - 180  # the other side of the date line is near
        return east * self._per_lon, (place.lat - self._origin.lat) * METRES_PER_DEGREE


class Roads:
    """Lines, and tracks laid onto them: costly, and the same for all histories of the same trips."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, Point], Line] = {}
        """By the trip that drew it, and its destination."""
        self.laid: dict[tuple[str, Point, str], Knots] = {}
        """By the line, and the trip that is laid onto it."""


class History:
    """Finished trips, and what they teach about trips to the same destinations."""

    def __init__(self, trips: Iterable[Trip], roads: Roads | None = None) -> None:
        """Take trips in any order; those that never arrived teach about the part that they went.

        Histories may share `roads` if trips of the same name are the same for all.
        """
        self._roads = roads or Roads()
        self._trips = sorted((trip for trip in trips if len(trip.fixes) >= FEWEST_FIXES), key=lambda trip: trip.name)
        self._known: list[tuple[Point, list[Corridor]]] = []
        self.pace = _pace(self._trips)
        """Seconds really needed for each second that the distance suggests."""

    def follow(self, destination: Point) -> Journey:
        """Begin to follow a trip."""
        return Journey(self, destination)

    def corridors(self, destination: Point) -> tuple[Point, list[Corridor]]:
        """Find the roads on which others came to a destination, and the origin of the plane they lie on."""
        for place, corridors in self._known:
            if distance_m(place, destination) < SAME_PLACE_M:
                return place, corridors
        self._known.append((destination, self._learn(destination)))
        return self._known[-1]

    def _learn(self, destination: Point) -> list[Corridor]:
        plane = Plane(destination)
        tracks = {
            trip.name: ([plane.flat(fix.place) for fix in trip.fixes], [fix.at.timestamp() for fix in trip.fixes])
            for trip in self._trips
        }
        came = [
            trip
            for trip in self._trips
            if trip.arrived_s is not None and distance_m(trip.destination, destination) < SAME_PLACE_M
        ]
        lines = {trip.name: self._line(trip.name, destination, tracks[trip.name][0]) for trip in came}
        there = {trip.name: trip.arrived_s for trip in came}
        corridors: list[Corridor] = []
        chosen: list[Line] = []
        for trip in sorted(came, key=lambda trip: (-lines[trip.name].length_m, trip.name)):
            places = tracks[trip.name][0]
            if any(_share_on(line, places) >= OWN_ROAD_SHARE for line in chosen):
                continue
            line = lines[trip.name]
            chosen.append(line)
            laid = [self._lay((trip.name, destination), name, track, there.get(name)) for name, track in tracks.items()]
            corridors.append(Corridor(line, laid))
        return corridors

    def _line(self, name: str, destination: Point, places: Sequence[Flat]) -> Line:
        key = (name, destination)
        if key not in self._roads.lines:
            self._roads.lines[key] = Line(places)
        return self._roads.lines[key]

    def _lay(
        self, of: tuple[str, Point], name: str, track: tuple[list[Flat], list[float]], arrived_s: float | None
    ) -> Knots:
        key = (*of, name)
        if key not in self._roads.laid:
            self._roads.laid[key] = lay(self._roads.lines[of], *track, arrived_s)
        return self._roads.laid[key]


class Journey:
    """A trip under way."""

    def __init__(self, history: History, destination: Point) -> None:
        self._pace, self._destination = history.pace, destination
        origin, corridors = history.corridors(destination)
        self._plane = Plane(origin)
        self._followers = [Follower(corridor) for corridor in corridors]
        self._expected_s: float | None = None
        self._source = EtaSource.DISTANCE
        self._last_s = -math.inf

    def follow(self, fix: Fix) -> Expected:
        """Take the next fix, which is not older than the last one."""
        now_s = fix.at.timestamp()
        left_s, source = self._left_s(fix, now_s)
        fresh_s = now_s + left_s
        if self._expected_s is None or source is not self._source:
            self._expected_s = fresh_s
        else:
            self._expected_s += (1 - math.exp(-(now_s - self._last_s) / SMOOTH_S)) * (fresh_s - self._expected_s)
        self._source, self._last_s = source, now_s
        return Expected(max(now_s, self._expected_s), source)

    def _left_s(self, fix: Fix, now_s: float) -> tuple[float, EtaSource]:
        place = self._plane.flat(fix.place)
        told = [(follower, follower.follow(place, now_s)) for follower in self._followers]
        most = max((follower.fixes for follower in self._followers), default=0)
        likely = [
            (follower.against, number, left_s)
            for number, (follower, left_s) in enumerate(told)
            if left_s is not None and follower.fixes >= most / 2  # one joined lately is no better for its few fixes
        ]
        if likely:
            return min(likely)[2], EtaSource.HISTORY
        return by_distance_s(fix.place, self._destination) * self._pace, EtaSource.DISTANCE


def by_distance_s(place: Point, destination: Point) -> float:
    """Guess the seconds of a drive from its distance."""
    return distance_m(place, destination) * DETOUR / USUAL_MPS


def _pace(trips: Sequence[Trip]) -> float:
    """Learn how much longer trips take than the distance suggests; one trip's worth of doubt says: not at all."""
    factors = [1.0]
    for trip in trips:
        if trip.arrived_s is None:
            continue
        said_s = [by_distance_s(fix.place, trip.destination) for fix in trip.fixes]
        needed_s = [trip.arrived_s - fix.at.timestamp() for fix in trip.fixes]
        ratios = [needed / said for needed, said in zip(needed_s, said_s, strict=True) if said > 0 and needed > 0]
        if ratios:
            factors.append(median(ratios))
    return math.exp(sum(map(math.log, factors)) / len(factors))


def _share_on(line: Line, places: Sequence[Flat]) -> float:
    return sum(bool(line.spots(place)) for place in places) / len(places)
