"""Choosing addresses."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from hub.demo.address_file import Address
from hub.demo.addresses import mutually_reachable, spread
from hub.domain.geodesy import distance_m

square = st.integers(1, 8).flatmap(
    lambda n: st.lists(st.lists(st.sampled_from([1.0, None]), min_size=n, max_size=n), min_size=n, max_size=n)
)


@given(square)
def test_everybody_kept_reaches_everybody_kept(durations_s: list[list[float | None]]) -> None:
    kept = mutually_reachable(durations_s)
    assert all(durations_s[i][j] is not None and durations_s[j][i] is not None for i, j in combinations(kept, 2))


def test_an_island_is_left_out() -> None:
    durations_s = [[0.0, 5.0, None], [5.0, 0.0, None], [None, None, 0.0]]
    assert mutually_reachable(durations_s) == [0, 1]


def test_a_dead_end_that_can_only_be_left_is_left_out() -> None:
    assert mutually_reachable([[0.0, 5.0, 5.0], [5.0, 0.0, 5.0], [None, None, 0.0]]) == [0, 1]


def test_addresses_are_spread_before_they_are_dense() -> None:
    row = [Address(f"Street {i}", 60.0, 24.0 + i / 1000) for i in range(11)]
    chosen = spread(row, 3)
    assert [address.address for address in chosen] == ["Street 0", "Street 10", "Street 5"]
    assert distance_m(chosen[0].place, chosen[1].place) > 500


def test_no_more_addresses_are_chosen_than_there_are() -> None:
    assert len(spread([Address("Street 1", 60, 24)], 5)) == 1
