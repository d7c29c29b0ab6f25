"""Where one more stop fits, against trying every order with every start."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub.domain.insertion import Day, Fit, Stop, Timeline

PLACES = some.integers(0, 9)


def way(a: int, b: int) -> float:
    return float(abs(a - b) + (a > b))  # uphill is slower


@some.composite
def stops(draw: some.DrawFn) -> Stop[int]:
    earliest_s = draw(some.integers(0, 30))
    return Stop(draw(PLACES), draw(some.integers(1, 6)), earliest_s, earliest_s + draw(some.integers(0, 12)))


@some.composite
def days(draw: some.DrawFn) -> Day[int]:
    """A day whose stops can all be kept, in the order in which they were put in."""
    starts_s, ends_s = draw(some.integers(0, 5)), draw(some.integers(20, 40))
    break_s, for_s = draw(some.integers(starts_s + 1, ends_s - 6)), draw(some.integers(1, 5))
    day: Day[int] = Day(
        starts_s=starts_s,
        ends_s=ends_s,
        start=draw(some.none() | PLACES),
        end=draw(some.none() | PLACES),
        work=draw(some.sampled_from([(), ((starts_s, break_s), (break_s + for_s, ends_s))])),
    )
    for stop in draw(some.lists(stops(), max_size=4)):
        longer = with_stop(day, stop, draw(some.integers(0, len(day.stops))))
        if simulated(longer, None):
            day = longer
    return day


def with_stop(day: Day[int], stop: Stop[int], position: int) -> Day[int]:
    """Put a stop after so many of the day's stops."""
    return msgspec.structs.replace(day, stops=(*day.stops[:position], stop, *day.stops[position:]))


def simulated(day: Day[int], fixed: tuple[int, int] | None) -> bool:
    """Drive a day second by second; `fixed` is a position and the start that is tried there."""
    at_s, place = float(day.starts_s), day.start
    for position, stop in enumerate(day.stops):
        at_s = driven(day, at_s, 0 if place is None else way(place, stop.place))
        earliest_s = latest_s = fixed[1] if fixed and fixed[0] == position else 0
        if not (fixed and fixed[0] == position):
            earliest_s, latest_s = int(stop.earliest_s), int(stop.latest_s)
        at_s = max(at_s, earliest_s)
        while at_s <= latest_s and not all(works(day, at_s + second) for second in range(int(stop.service_s))):
            at_s += 1
        if at_s > latest_s:
            return False
        at_s, place = at_s + stop.service_s, stop.place
    home_s = 0 if place is None or day.end is None else way(place, day.end)
    return driven(day, at_s, home_s) <= day.ends_s


def driven(day: Day[int], at_s: float, way_s: float) -> float:
    """Drive while there is work; nobody drives in a break, or after the shift for longer than a while."""
    while way_s > 0 and at_s < day.ends_s + 99:
        way_s -= works(day, at_s) or at_s >= day.ends_s
        at_s += 1
    return at_s


def works(day: Day[int], at_s: float) -> bool:
    return not day.work or any(begins_s <= at_s < ends_s for begins_s, ends_s in day.work)


def travelled(day: Day[int]) -> float:
    places = [place for place in (day.start, *(stop.place for stop in day.stops), day.end) if place is not None]
    return sum(way(a, b) for a, b in pairwise(places))


def brute_force(day: Day[int], stop: Stop[int]) -> Iterator[Fit]:
    for position in range(len(day.stops) + 1):
        longer = with_stop(day, stop, position)
        wanted = range(int(stop.earliest_s), int(stop.latest_s) + 1)
        kept = [start for start in wanted if simulated(longer, (position, start))]
        for _, run in groupby(enumerate(kept), lambda one: one[1] - one[0]):  # a break divides a place
            starts = [start for _, start in run]
            yield Fit(added(day, stop, position), starts[0], starts[-1], position)


def added(day: Day[int], stop: Stop[int], position: int) -> float:
    if len(day.stops) == 0 and day.start is not None and day.end is not None:
        return travelled(with_stop(day, stop, 0)) - way(day.start, day.end)
    return travelled(with_stop(day, stop, position)) - travelled(day)


@given(days(), stops())
def test_the_places_where_a_stop_fits_are_those_that_brute_force_finds(day: Day[int], stop: Stop[int]) -> None:
    assert list(Timeline(day, way).fits(stop)) == list(brute_force(day, stop))


@given(days())
def test_a_day_that_can_be_kept_says_so_and_each_start_lies_in_its_window(day: Day[int]) -> None:
    timeline = Timeline(day, way)

    assert timeline.kept
    for stop, start_s, due_s in zip(day.stops, timeline.starts_s, timeline.due_s, strict=False):
        assert stop.earliest_s <= start_s <= due_s <= stop.latest_s


@given(days(), some.lists(stops(), min_size=1, max_size=3))
def test_a_day_of_any_stops_is_kept_exactly_when_it_can_be_driven(day: Day[int], more: list[Stop[int]]) -> None:
    for stop in more:
        day = with_stop(day, stop, len(day.stops))

    assert Timeline(day, way).kept == simulated(day, None)


def test_an_overridden_conflict_leaves_the_rest_of_the_day_open() -> None:
    clash = (Stop(0, 10, 0, 0), Stop(0, 10, 5, 5))
    day: Day[int] = Day(starts_s=0, ends_s=40, start=0, end=0, stops=clash)

    timeline = Timeline(day, way)

    assert not timeline.kept
    assert list(timeline.fits(Stop(0, 10, 0, 40))) == [Fit(0, 15, 30, 2)]


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_stop_is_put_after_so_many_others(position: int) -> None:
    stop, others = Stop(5, 1, 0, 9), (Stop(1, 1, 0, 9), Stop(2, 1, 0, 9))
    day: Day[int] = Day(starts_s=0, ends_s=40, start=0, end=0, stops=others)

    longer = with_stop(day, stop, position)

    assert longer.stops[position] is stop
    assert len(longer.stops) == 3
