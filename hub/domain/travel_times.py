"""How long drives take between known places: as a router told, or guessed from the distance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hub.domain.geodesy import Point, distance_m

DETOUR = 1.4
"""Roads are longer than the straight line by about this factor in street networks of cities."""
SPEED_MPS = 25 / 3.6
"""25 km/h, a usual mean speed in city traffic with its crossings."""
_PER_DEGREE = 10_000


class Spot(NamedTuple):
    """A place in ten thousandths of a degree, 11 m at most: neighbours share one."""

    lat_e4: int
    lon_e4: int


Leg = tuple[Spot, Spot]
"""From where, and where to."""


def spot_of(place: Point) -> Spot:
    """Tell the spot of a place."""
    return Spot(round(place.lat * _PER_DEGREE), round(place.lon * _PER_DEGREE))


def guessed_s(a: Point, b: Point) -> float:
    """Guess the seconds of a drive from the distance (haversine), a detour factor and a mean speed."""
    return distance_m(a, b) * DETOUR / SPEED_MPS


class TravelTimes:
    """Drives between places that are known by their numbers, so that a search asks for thousands in no time."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}
        self._points: list[Point] = []
        self._known_s: list[dict[int, float]] = []
        self._guesses: set[tuple[int, int]] = set()

    def number(self, place: Point) -> int:
        """Tell the number of a place; one that is new becomes known."""
        spot = (round(place.lat * _PER_DEGREE), round(place.lon * _PER_DEGREE))
        number = self._numbers.get(spot)
        if number is None:
            number = self._numbers[spot] = len(self._points)
            self._points.append(place)
            self._known_s.append({number: 0.0})
        return number

    def point(self, number: int) -> Point:
        """Tell where a place is."""
        return self._points[number]

    def learn(self, drives_s: Mapping[tuple[int, int], float]) -> None:
        """Take what a router told, by the numbers of both places."""
        for (a, b), drive_s in drives_s.items():
            self._known_s[a][b] = drive_s

    def unknown(self, legs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """Tell which of these legs nobody told yet."""
        return {(a, b) for a, b in legs if b not in self._known_s[a]}

    def guessed(self, legs: Iterable[tuple[int, int]]) -> bool:
        """Tell whether any of these legs was guessed."""
        return not self._guesses.isdisjoint(legs)

    def __call__(self, a: int, b: int) -> float:
        """Tell the seconds of a drive; guessed where nobody told."""
        drive_s = self._known_s[a].get(b)
        if drive_s is None:
            drive_s = self._known_s[a][b] = guessed_s(self._points[a], self._points[b])
            self._guesses.add((a, b))
        return drive_s
