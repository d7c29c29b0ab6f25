"""How long drives take between known places: as a router told, or guessed from the distance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hub.domain.geodesy import Point, distance_m

DETOUR = 1.4
"""Roads are longer than the straight line by about this factor in street networks of cities."""
SPEED_MPS = 25 / 3.6
"""25 km/h, a usual mean speed in city traffic with its crossings."""
_PER_DEGREE = 10_000


Spot = tuple[int, int]
"""Latitude and longitude in ten thousandths of a degree, 11 m at most: neighbours share one."""
Leg = tuple[Spot, Spot]
"""From where, and where to."""


class Drive(NamedTuple):
    """What is known of a leg."""

    duration_s: float
    guessed: bool
    """Whether no road was found, so that it is a guess from the distance."""
    told_s: float
    """When, in seconds since 1970."""


def spot_of(place: Point) -> Spot:
    """Tell the spot of a place."""
    return round(place.lat * _PER_DEGREE), round(place.lon * _PER_DEGREE)


def guessed_s(a: Point, b: Point) -> float:
    """Guess the seconds of a drive from the distance (haversine), a detour factor and a mean speed."""
    return distance_m(a, b) * DETOUR / SPEED_MPS


class TravelTimes:
    """Drives between places that are known by their numbers, so that a search asks for thousands in no time."""

    def __init__(self) -> None:
        self._numbers: dict[Spot, int] = {}
        self._spots: list[Spot] = []
        self._points: list[Point] = []
        self._known_s: list[dict[int, float]] = []
        self._guesses: set[tuple[int, int]] = set()

    def number(self, place: Point) -> int:
        """Tell the number of a place; one that is new becomes known."""
        spot = spot_of(place)
        number = self._numbers.get(spot)
        if number is None:
            number = self._numbers[spot] = len(self._points)
            self._spots.append(spot)
            self._points.append(place)
            self._known_s.append({number: 0.0})
        return number

    def point(self, number: int) -> Point:
        """Tell where a place is."""
        return self._points[number]

    def leg(self, a: int, b: int) -> Leg:
        """Tell the leg between two places."""
        return self._spots[a], self._spots[b]

    def unknown(self, legs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """Tell which of these legs nobody told yet."""
        known_s = self._known_s
        return {leg for leg in legs if leg[1] not in known_s[leg[0]]}

    def learn(self, a: int, b: int, drive: Drive) -> None:
        """Take what was told of a leg."""
        self._known_s[a][b] = drive.duration_s
        if drive.guessed:
            self._guesses.add((a, b))

    def guessed(self, legs: Iterable[tuple[int, int]]) -> bool:
        """Tell whether any of these legs was guessed."""
        return not self._guesses.isdisjoint(legs)

    def __call__(self, a: int, b: int) -> float:
        """Tell the seconds of a drive; guessed where nobody told."""
        drive_s = self._known_s[a].get(b)
        if drive_s is None:
            drive_s = self._known_s[a][b] = self.guess_s(a, b)
            self._guesses.add((a, b))
        return drive_s

    def guess_s(self, a: int, b: int) -> float:
        """Guess the seconds of a drive whatever was told."""
        return guessed_s(self._points[a], self._points[b])
