"""What a customer's link may do now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.policies import Action, allowed_actions, is_told_of_move
from tests.builders import NOW

S, A = BookingStatus, Action
LATER, BEFORE = NOW + timedelta(minutes=1), NOW - timedelta(minutes=1)


@pytest.mark.parametrize("status", S)
def test_a_link_that_only_looks_may_do_nothing(status: BookingStatus) -> None:
    assert allowed_actions(LinkScope.TRACK, status, LATER, LATER, NOW) == []


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        (S.SCHEDULED, [A.RESCHEDULE, A.CANCEL]),
        (S.TRAVELING, []),
        (S.IN_PROGRESS, []),
        (S.ON_BREAK, []),
        (S.COMPLETED, [A.FEEDBACK]),
        (S.CANCELED, []),
    ],
)
def test_each_status_allows_its_own(status: BookingStatus, actions: list[Action]) -> None:
    assert allowed_actions(LinkScope.MANAGE, status, LATER, None, NOW) == actions


def test_after_the_cut_off_a_visit_is_changed_no_more() -> None:
    assert allowed_actions(LinkScope.MANAGE, S.SCHEDULED, NOW, None, NOW) == []


@pytest.mark.parametrize(("status", "undone"), [(S.SCHEDULED, True), (S.CANCELED, True), (S.TRAVELING, False)])
def test_a_change_can_be_taken_back_for_a_while(status: BookingStatus, undone: bool) -> None:
    assert (A.UNDO in allowed_actions(LinkScope.MANAGE, status, LATER, LATER, NOW)) is undone
    assert A.UNDO not in allowed_actions(LinkScope.MANAGE, status, LATER, BEFORE, NOW)


@pytest.mark.parametrize(
    ("minutes", "by_hub", "told"), [(1, False, True), (0, False, False), (10, True, False), (-11, True, True)]
)
def test_small_moves_by_the_hub_are_not_told(minutes: int, by_hub: bool, told: bool) -> None:
    assert is_told_of_move(NOW, NOW + timedelta(minutes=minutes), UTC, by_hub=by_hub) is told


def test_a_move_to_another_day_of_the_customers_is_told() -> None:
    was = datetime(2026, 11, 23, 21, 58, tzinfo=UTC)
    assert is_told_of_move(was, was + timedelta(minutes=5), ZoneInfo("Europe/Helsinki"), by_hub=True)
    assert not is_told_of_move(was, was + timedelta(minutes=5), UTC, by_hub=True)
