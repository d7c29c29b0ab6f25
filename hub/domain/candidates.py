"""Who or what may come, with their days laid out: at which of many starts they can be at a place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from hub.domain.availability import DAY_S, Workday
from hub.domain.insertion import Day, Fit, Stop, Timeline, Travel
from hub.domain.qualification import CREW, Held, Requirement, held_together, qualified_until

NEAR_S, SOON_S = 600, 3 * 3_600
"""Somebody is near who drives no longer from a visit that ended so shortly before, or to one that starts so soon."""


class Booked(msgspec.Struct, frozen=True, gc=False):
    """What takes somebody's time already: a booking or a hold, with its planned start."""

    id: str
    place: int
    """The number of the place; of what never moves its own."""
    starts_s: float
    free_s: float
    """The end, with the buffer after it."""


class Laid(msgspec.Struct, frozen=True):
    """One working day of somebody, with what is booked in it."""

    timeline: Timeline[int]
    booked: Sequence[Booked]
    from_s: float
    to_s: float


class Opening(msgspec.Struct, frozen=True):
    """A run of starts at which somebody can come, all between the same two visits."""

    first: int
    past: int
    """The starts from number `first` until just before `past`."""
    fit: Fit
    laid: Laid
    place: int

    @property
    def added_s(self) -> float:
        """Tell the travel that it adds to the day."""
        return max(0.0, self.fit.added_s)

    @property
    def there_s(self) -> float:
        """Tell the way to it from the visit or the base before."""
        return self._way(self._before, self.place)

    @property
    def onward_s(self) -> float:
        """Tell the way to the next visit, or home."""
        return self._way(self.place, self._after)

    @property
    def next(self) -> Booked | None:
        """Tell what comes next on that day."""
        booked, position = self.laid.booked, self.fit.position
        return booked[position] if position < len(booked) else None

    @property
    def legs(self) -> list[tuple[int, int]]:
        """List the ways that this was judged by."""
        stop = Stop(self.place, 0.0, 0.0, 0.0)
        return list(self.laid.timeline.legs_around(stop, self.fit.position))

    def is_first_of_day(self) -> bool:
        """Tell whether nothing comes before it on a day that ends."""
        day = self.laid.timeline.day
        return self.fit.position == 0 and day.ends_s - day.starts_s <= DAY_S

    def is_near(self, start_s: float, service_s: float) -> bool:
        """Tell whether somebody has a visit close by, in place and time."""
        position, booked = self.fit.position, self.laid.booked
        if position and self.there_s <= NEAR_S and start_s - booked[position - 1].free_s <= SOON_S:
            return True
        after = self.next
        return after is not None and self.onward_s <= NEAR_S and after.starts_s - start_s - service_s <= SOON_S

    @property
    def _before(self) -> int | None:
        return self.laid.timeline.places[self.fit.position]

    @property
    def _after(self) -> int | None:
        return self.laid.timeline.places[self.fit.position + 1]

    def _way(self, a: int | None, b: int | None) -> float:
        return 0.0 if a is None or b is None else self.laid.timeline.travel(a, b)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A resource of any kind that may come to the place in question."""

    id: str
    kind: str
    days: Sequence[Laid]
    """In order."""
    held: Mapping[str, Held] = {}
    members: tuple[Candidate, ...] = ()
    """Of a crew: they set off from its base, in its hours, and all must be free."""

    @property
    def everybody(self) -> frozenset[str]:
        """Tell all whose time it takes."""
        return frozenset((self.id, *(one.id for one in self.members)))

    def qualified_until(self, needs: Sequence[Requirement]) -> float | None:
        """Tell until when this one, or a crew together, has what is needed; None where it has not."""
        if self.kind != CREW:
            return qualified_until(self.held, needs)
        return qualified_until(held_together([self.held, *(one.held for one in self.members)], needs), needs)

    def legs(self, stop: Stop[int]) -> Iterator[tuple[int, int]]:
        """List the ways that tell when this one, and the members of a crew, can be at a stop."""
        for laid in self.days:
            if laid.to_s > stop.earliest_s and laid.from_s <= stop.latest_s:
                for position in laid.timeline.gaps(stop):
                    yield from laid.timeline.legs_around(stop, position)
        for member in self.members:
            yield from member.legs(stop)

    def openings(self, stop: Stop[int], starts: Sequence[float]) -> Iterator[Opening]:
        """List when this one can be at a stop, in order; `starts` are wished, in order. A crew's own time alone."""
        for laid in self.days:
            if laid.to_s <= stop.earliest_s or laid.from_s > stop.latest_s:
                continue
            for fit in laid.timeline.fits(stop):
                first, past = bisect_left(starts, fit.first_s), bisect_right(starts, fit.last_s)
                if first < past:
                    yield Opening(first, past, fit, laid, stop.place)


def beside(candidate: Candidate, place: int, start_s: float) -> tuple[float, Booked | None, float]:
    """Tell the way to a visit that somebody puts there whatever is in the way, what comes next and the way to that."""
    for laid in candidate.days:
        if laid.from_s <= start_s < laid.to_s:
            position = bisect_left([one.starts_s for one in laid.booked], start_s)
            opening = Opening(0, 0, Fit(0.0, start_s, start_s, position), laid, place)
            return opening.there_s, opening.next, opening.onward_s
    return 0.0, None, 0.0


def lay_out(
    days: Sequence[Workday], booked: Sequence[Booked], base: int | None, travel: Travel[int], from_s: float, to_s: float
) -> list[Laid]:
    """Lay out the working days that touch the time from `from_s` to `to_s`, each from and to the base.

    `booked` is everything that takes this one's time, in order of the starts.
    """
    starts = [one.starts_s for one in booked]
    ends, latest = [], 0.0
    for one in booked:  # one long visit under another may end last
        latest = max(latest, one.free_s)
        ends.append(latest)
    laid = []
    for day in days:
        if not day.stretches or day.to_s <= from_s or day.from_s > to_s:
            continue
        first, past = bisect_right(ends, day.from_s), bisect_left(starts, day.to_s)
        here = booked[first:past]
        timeline = Timeline(
            Day(
                starts_s=day.stretches[0][0],
                ends_s=day.stretches[-1][1],
                start=base,
                end=base,
                stops=[Stop(one.place, one.free_s - one.starts_s, one.starts_s, one.starts_s) for one in here],
                work=day.stretches if len(day.stretches) > 1 else (),
            ),
            travel,
        )
        laid.append(Laid(timeline, here, day.from_s, day.to_s))
    return laid
