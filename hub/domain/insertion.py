"""Where one more stop fits into somebody's day, and how much travel it adds.

Times are plain seconds since any moment that all of a day's times share. The earliest start of each stop is worked out
forwards and the latest one backwards, so that each place between two stops is judged on its own (M. W. P. Savelsbergh,
"The vehicle routing problem with time windows: minimizing route duration", ORSA Journal on Computing 4, 1992).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import msgspec

from hub.domain.working_time import Stretch, earliest_whole, latest_whole, worked_after, worked_before

Place = TypeVar("Place")
Travel = Callable[[Place, Place], float]
"""Seconds from the one place to the other; never negative."""


class Stop(msgspec.Struct, Generic[Place], frozen=True, gc=False):
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
    work: Sequence[Stretch] = ()
    """The stretches of work, in order, where breaks lie between: no visit reaches into one. Empty: all of the shift."""


class Fit(msgspec.Struct, frozen=True, order=True, gc=False):
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
        """Ask for the ways to stops that may move; those to fixed ones are asked for when they matter."""
        self.travel = travel
        self.day = day
        stops = day.stops
        self.places: list[Place | None] = [day.start, *(stop.place for stop in stops), day.end]
        self._legs_s: list[float | None] = [None] * (len(stops) + 1)
        self._work = day.work or ((day.starts_s, day.ends_s),)
        self._breaks = len(self._work) > 1
        self.starts_s: list[float] = [stop.earliest_s for stop in stops]
        """The earliest start of each stop."""
        self.due_s: list[float] = [*(stop.latest_s for stop in stops), day.ends_s]
        """The latest start of each stop that keeps all after it; at the end the latest arrival at home."""
        self.free_s: list[float]
        """When the way to each stop, and home, can begin at the earliest."""
        if all(stop.earliest_s == stop.latest_s for stop in stops):
            ends_s = (stop.earliest_s + stop.service_s for stop in stops)
            self.free_s = list(accumulate(ends_s, max, initial=day.starts_s))
        else:
            self._look_ahead()
            self._look_back()

    @property
    def legs_s(self) -> list[float]:
        """List the travel to each stop from the place before, and home: one more than there are stops."""
        return [self._leg_s(position) for position in range(len(self._legs_s))]

    @property
    def kept(self) -> bool:
        """Tell whether all stops and the way home can be kept."""
        arrivals_s = [self._arrival_s(position) for position in range(len(self._legs_s))]
        for stop, arrives_s in zip(self.day.stops, arrivals_s, strict=False):
            start_s = max(arrives_s, stop.earliest_s)
            if self._breaks:
                start_s = earliest_whole(self._work, start_s, stop.service_s)
            if start_s > stop.latest_s:
                return False
        return arrivals_s[-1] <= self.day.ends_s

    @property
    def travel_s(self) -> float:
        """Add up the way of the whole day."""
        return sum(self.legs_s)

    def gaps(self, stop: Stop[Place]) -> list[int]:
        """List the positions at which one more stop fits unless the way is too long."""
        service_s, earliest_s, latest_s = stop.service_s, stop.earliest_s, stop.latest_s
        return [
            position
            for position, (free_s, due_s) in enumerate(zip(self.free_s, self.due_s, strict=True))
            if free_s <= due_s - service_s >= earliest_s and free_s <= latest_s
        ]

    def legs_around(self, stop: Stop[Place], position: int) -> Iterator[tuple[Place, Place]]:
        """List the ways that tell whether a stop fits at a position, and at what cost."""
        before, after = self.places[position], self.places[position + 1]
        if before is not None:
            yield before, stop.place
        if after is not None:
            yield stop.place, after
        if before is not None and after is not None:
            yield before, after

    def fits(self, stop: Stop[Place]) -> Iterator[Fit]:
        """List the places where one more stop can be kept with all others, in order of position.

        A break within a place divides it in two.
        """
        way, places, place, service_s = self._way, self.places, stop.place, stop.service_s
        for position in self.gaps(stop):
            there_s = way(places[position], place)
            onward_s = way(place, places[position + 1])
            free_s, due_s = self.free_s[position], self.due_s[position]
            if self._breaks:
                arrives_s = worked_after(self._work, free_s, there_s)
                leaves_s = worked_before(self._work, due_s, onward_s)
            else:
                arrives_s, leaves_s = free_s + there_s, min(due_s, self.day.ends_s) - onward_s
            arrives_s, leaves_s = max(arrives_s, stop.earliest_s), min(leaves_s, stop.latest_s + service_s)
            for begins_s, ends_s in self._work:
                first_s = begins_s if arrives_s < begins_s else arrives_s
                last_s = (ends_s if leaves_s > ends_s else leaves_s) - service_s
                if first_s <= last_s:
                    yield Fit(there_s + onward_s - self._leg_s(position), first_s, last_s, position)

    def _look_ahead(self) -> None:
        self.free_s = [self.day.starts_s]
        for position, stop in enumerate(self.day.stops):
            start_s = stop.earliest_s
            if start_s < stop.latest_s:
                start_s = min(max(self._earliest_s(position, stop), start_s), stop.latest_s)
            self.starts_s[position] = start_s
            self.free_s.append(max(self.free_s[-1], start_s + stop.service_s))

    def _look_back(self) -> None:
        due_s = self.due_s
        for position in range(len(self.day.stops) - 1, -1, -1):
            stop = self.day.stops[position]
            if stop.earliest_s < stop.latest_s:
                latest_s = self._latest_s(position + 1, due_s[position + 1], stop)
                due_s[position] = max(min(stop.latest_s, latest_s), stop.earliest_s)

    def _leg_s(self, position: int) -> float:
        leg_s = self._legs_s[position]
        if leg_s is None:
            leg_s = self._legs_s[position] = self._way(self.places[position], self.places[position + 1])
        return leg_s

    def _arrival_s(self, position: int) -> float:
        """Tell when somebody arrives at a stop, or at home, who sets off as early as can be."""
        if self._breaks:
            return worked_after(self._work, self.free_s[position], self._leg_s(position))
        return self.free_s[position] + self._leg_s(position)

    def _earliest_s(self, position: int, stop: Stop[Place]) -> float:
        start_s = max(self._arrival_s(position), stop.earliest_s)
        return earliest_whole(self._work, start_s, stop.service_s) if self._breaks else start_s

    def _latest_s(self, onward: int, due_s: float, stop: Stop[Place]) -> float:
        if not self._breaks:
            return due_s - self._leg_s(onward) - stop.service_s
        leaves_s = worked_before(self._work, due_s, self._leg_s(onward))
        return latest_whole(self._work, min(leaves_s - stop.service_s, stop.latest_s), stop.service_s)

    def _way(self, a: Place | None, b: Place | None) -> float:
        return 0.0 if a is None or b is None else self.travel(a, b)
