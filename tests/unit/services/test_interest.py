"""Know which visits somebody watches."""

from __future__ import annotations

import pytest

from hub.services.interest import LEARNED_WITHIN_S, Interest


class Clock:
    """Seconds that go on when told."""

    now_s = 100.0

    def __call__(self) -> float:
        """Answer the seconds."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def interest(clock: Clock) -> Interest:
    known = Interest(clock)
    known.learned(set())
    return known


def test_before_the_others_are_known_every_visit_counts_as_watched(clock: Clock) -> None:
    assert Interest(clock).in_visit("bk_1")


def test_nobody_is_interested_in_a_visit_that_nobody_opened(interest: Interest) -> None:
    assert not interest.in_visit("bk_1")


def test_a_visit_is_watched_while_it_is_open_here(interest: Interest) -> None:
    interest.opened("bk_1")
    assert interest.in_visit("bk_1")

    interest.closed("bk_1")
    assert not interest.in_visit("bk_1")


def test_a_visit_that_is_open_elsewhere_is_watched(interest: Interest) -> None:
    interest.learned({"bk_1"})

    assert interest.in_visit("bk_1")
    assert not interest.in_visit("bk_2")


def test_an_announced_visit_is_watched_until_the_others_had_time_to_write_it_down(
    interest: Interest, clock: Clock
) -> None:
    interest.announced("bk_1")
    clock.now_s += LEARNED_WITHIN_S - 1
    interest.learned(set())
    assert interest.in_visit("bk_1")

    clock.now_s += 1
    interest.learned(set())
    assert not interest.in_visit("bk_1")


def test_once_the_store_was_away_every_visit_is_watched_until_all_had_time_to_write(
    interest: Interest, clock: Clock
) -> None:
    interest.learned(None)
    interest.learned(set())
    assert interest.in_visit("bk_1")

    clock.now_s += LEARNED_WITHIN_S
    interest.learned(set())
    assert not interest.in_visit("bk_1")
