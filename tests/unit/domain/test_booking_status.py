"""Go from status to status as the contract's table says."""

from __future__ import annotations

import itertools

import pytest

from hub.domain.booking_status import ENDED, NEXT, BookingStatus, may_follow

S = BookingStatus

ALLOWED = {
    ("scheduled", "traveling"),
    ("scheduled", "in_progress"),
    ("scheduled", "canceled"),
    ("traveling", "in_progress"),
    ("traveling", "scheduled"),
    ("traveling", "canceled"),
    ("in_progress", "on_break"),
    ("in_progress", "completed"),
    ("on_break", "in_progress"),
    ("on_break", "completed"),
}


@pytest.mark.parametrize(("current", "wanted"), list(itertools.product(S, S)))
def test_a_change_is_allowed_as_the_contract_says(current: BookingStatus, wanted: BookingStatus) -> None:
    assert may_follow(current, wanted) == (current is wanted or (current.value, wanted.value) in ALLOWED)


def test_every_status_has_its_row() -> None:
    assert set(NEXT) == set(S)


def test_nothing_follows_an_end() -> None:
    assert {status for status in S if not NEXT[status]} == ENDED
