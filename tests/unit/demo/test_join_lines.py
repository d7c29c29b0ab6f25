"""Joining the pieces of a street."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.demo.join_lines import join_lines

A, B, C, D = (0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 1.0)


def test_pieces_that_meet_become_one_line_whichever_way_they_run() -> None:
    for second in ([B, C], [C, B]):
        [line] = join_lines([[A, B], second])
        assert line in ([A, B, C], [C, B, A])


def test_a_fork_stays_an_end() -> None:
    assert join_lines([[A, B], [B, C], [B, D]]) == [[A, B], [B, C], [B, D]]


def test_two_halves_of_a_ring_become_the_ring() -> None:
    [ring] = join_lines([[A, B, C], [C, D, A]])
    assert ring[0] == ring[-1]
    assert len(ring) == 5


def test_a_ring_stays_whole() -> None:
    assert join_lines([[A, B, D, A]]) == [[A, B, D, A]]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1]), max_size=12))
def test_no_stretch_is_lost_or_added(pairs: list[tuple[int, int]]) -> None:
    pieces = [[(float(a), 0.0), (float(b), 0.0)] for a, b in pairs]
    joined = join_lines(pieces)
    assert _stretches(joined) == _stretches(pieces)


def _stretches(lines: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    return sorted(sorted(pair) for line in lines for pair in pairwise(line))
