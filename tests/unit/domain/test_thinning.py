"""Which points of an old track may go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.thinning import GAP, SPACING_S, Mark, surplus
from tests.builders import NOW


def mark(second: float, *, believed: bool = True) -> Mark:
    """Describe a point so many seconds after NOW, which begins a half minute."""
    return Mark(NOW + timedelta(seconds=second), believed)


def left(marks: Sequence[Mark]) -> list[Mark]:
    """Thin."""
    gone = set(surplus(marks))
    return [one for place, one in enumerate(marks) if place not in gone]


MARKS = st.lists(
    st.builds(mark, st.integers(0, 7_200).map(lambda second: second / 2), believed=st.booleans()), max_size=80
).map(lambda marks: sorted(marks, key=lambda one: one.at))


def test_one_point_is_kept_of_each_half_minute_and_the_ends_of_the_stretch() -> None:
    kept = left([mark(second) for second in range(1, 101)])

    assert kept == [mark(second) for second in (1, 30, 60, 90, 100)]


def test_the_ends_of_each_stretch_stay_to_the_second() -> None:
    there, back = [mark(second) for second in range(0, 25)], [mark(1_000 + second) for second in range(0, 15)]

    assert left(there + back) == [mark(0), mark(24), mark(1_000), mark(1_014)]


def test_a_flagged_point_stays_only_where_there_is_no_believed_one() -> None:
    marks = [
        mark(0, believed=False),
        mark(1),
        mark(2, believed=False),
        mark(31, believed=False),
        mark(32, believed=False),
    ]

    assert left(marks) == [mark(1), mark(31, believed=False)]


def test_nothing_is_nothing() -> None:
    assert surplus([]) == []


@given(MARKS)
def test_what_was_thinned_is_left_when_it_is_thinned_again(marks: list[Mark]) -> None:
    once = left(marks)

    assert left(once) == once


@given(MARKS)
def test_no_half_minute_loses_all_its_points_and_none_keeps_many(marks: list[Mark]) -> None:
    def slots(some: Sequence[Mark]) -> Counter[int]:
        return Counter(int(one.at.timestamp()) // SPACING_S for one in some)

    assert slots(left(marks)).keys() == slots(marks).keys()
    assert max(slots(left(marks)).values(), default=0) <= 1 + 2


@given(MARKS)
def test_no_long_silence_is_made_where_there_was_none(marks: list[Mark]) -> None:
    def longest(some: list[Mark]) -> timedelta:
        at = [one.at for one in some if one.believed]
        return max((after - before for before, after in pairwise(at)), default=timedelta())

    assert longest(left(marks)) <= max(longest(marks), timedelta(seconds=2 * SPACING_S), GAP)
