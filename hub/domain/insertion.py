"""Where one more stop fits into somebody's day, and how much travel it adds.

Times are plain seconds since any moment that all of a day's times share. The earliest start of each stop is worked out
forwards and the latest one backwards, so that each place between two stops is judged on its own (M. W. P. Savelsbergh,
"The vehicle routing problem with time windows: minimizing route duration", ORSA Journal on Computing 4, 1992).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

import msgspec

Place = TypeVar("Place")
Travel = Callable[[Place, Place], float]
"""Seconds from the one place to the other; never negative."""


class Stop(msgspec.Struct, Generic[Place], frozen=True):
    """A visit: it starts within `earliest_s` to `latest_s`, both included; a fixed one has the two equal."""

    place: Place
    service_s: float
    """How long it takes there, with the buffer after it."""
    earliest_s: float
    latest_s: float


class Day(msgspec.Struct, Generic[Place], frozen=True, kw_only=True):
    """A shift with its stops in order: the way to the first one and the way home are within it."""

    starts_s: float
    ends_s: float
    start: Place | None
    """Where the shift begins; None costs no way to the first stop."""
    end: Place | None
    """Where the shift ends; None costs no way home."""
    stops: Sequence[Stop[Place]] = ()


class Fit(msgspec.Struct, frozen=True, order=True):
    """A place in the order of stops where one more fits."""

    added_s: float
    """Travel with the stop, less travel without."""
    first_s: float
    """The earliest start that can be kept …"""
    last_s: float
    """… and the latest; every start between the two can be kept as well."""
    position: int
    """How many stops come before."""


class Timeline(Generic[Place]):
    """A day worked out once, to be asked for many stops.

    A stop that cannot be kept as things stand (somebody overrode a conflict, or is late) is taken to start at the
    nearest moment of its window: what lies elsewhere in the day is judged as if it were kept.
    """

    def __init__(self, day: Day[Place], travel: Travel[Place]) -> None:
        self._travel = travel
        self.day = day
        stops = day.stops
        self.places: list[Place | None] = [day.start, *(stop.place for stop in stops), day.end]
        self.legs_s = [self._way(a, b) for a, b in pairwise(self.places)]
        """Travel to each stop from the place before, and home: one more than there are stops."""
        self.starts_s: list[float] = []
        """The earliest start of each stop."""
        self.free_s = [day.starts_s]
        """When the way to each stop, and home, can begin at the earliest."""
        self.kept = True
        """Whether all stops and the way home can be kept."""
        for stop, leg_s in zip(stops, self.legs_s, strict=False):
            arrives_s = self.free_s[-1] + leg_s
            self.kept = self.kept and arrives_s <= stop.latest_s
            self.starts_s.append(min(max(arrives_s, stop.earliest_s), stop.latest_s))
            self.free_s.append(self.starts_s[-1] + stop.service_s)
        self.kept = self.kept and self.free_s[-1] + self.legs_s[-1] <= day.ends_s
        due_s = [day.ends_s]
        for stop, leg_s in zip(reversed(stops), reversed(self.legs_s), strict=False):
            due_s.append(max(min(stop.latest_s, due_s[-1] - leg_s - stop.service_s), stop.earliest_s))
        self.due_s = due_s[::-1]
        """The latest start of each stop that keeps all after it; at the end the latest arrival at home."""

    @property
    def travel_s(self) -> float:
        """Add up the way of the whole day."""
        return sum(self.legs_s)

    def fits(self, stop: Stop[Place]) -> Iterator[Fit]:
        """List the places where one more stop can be kept with all others, in order of position."""
        way, places, legs_s, place, service_s = self._way, self.places, self.legs_s, stop.place, stop.service_s
        for position, (free_s, due_s) in enumerate(zip(self.free_s, self.due_s, strict=True)):
            if free_s > stop.latest_s:
                return
            last_s = due_s - service_s
            if last_s < free_s or last_s < stop.earliest_s:
                continue  # too short whatever the way is
            there_s = way(places[position], place)
            onward_s = way(place, places[position + 1])
            first_s = max(stop.earliest_s, free_s + there_s)
            last_s = min(stop.latest_s, last_s - onward_s)
            if first_s <= last_s:
                yield Fit(there_s + onward_s - legs_s[position], first_s, last_s, position)

    def _way(self, a: Place | None, b: Place | None) -> float:
        return 0.0 if a is None or b is None else self._travel(a, b)


def with_stop(day: Day[Place], stop: Stop[Place], position: int) -> Day[Place]:
    """Put a stop after so many of the day's stops."""
    stops = (*day.stops[:position], stop, *day.stops[position:])
    return msgspec.structs.replace(day, stops=stops)
