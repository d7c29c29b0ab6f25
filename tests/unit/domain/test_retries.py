"""When a message is tried again."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.retries import FEWEST_TRIES, GIVE_UP_AFTER, LONGEST_PAUSE_S, next_try
from tests.builders import NOW


def pause_s(tries: int, chance: float = 0.0) -> float:
    """Tell the pause after so many failures of a message that is new."""
    at = next_try(created_at=NOW, tries=tries, now=NOW, chance=chance)
    assert at is not None
    return (at - NOW).total_seconds()


def test_the_pauses_double_from_seconds_to_an_hour() -> None:
    assert [pause_s(tries) for tries in (1, 2, 3, 4)] == [2, 4, 8, 16]
    assert pause_s(12) == pause_s(500) == LONGEST_PAUSE_S


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_chance_shortens_a_pause_by_half_at_most(tries: int, chance: float) -> None:
    assert pause_s(tries) / 2 <= pause_s(tries, chance) <= pause_s(tries)


def test_a_message_that_is_a_day_old_is_given_up() -> None:
    later = NOW + GIVE_UP_AFTER
    assert next_try(created_at=NOW, tries=FEWEST_TRIES, now=later, chance=0) is None
    assert next_try(created_at=NOW, tries=FEWEST_TRIES, now=later - timedelta(seconds=1), chance=0) is not None


def test_an_old_message_that_was_put_back_by_hand_gets_its_tries() -> None:
    assert next_try(created_at=NOW, tries=1, now=NOW + timedelta(days=30), chance=0) is not None
