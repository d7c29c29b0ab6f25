"""What a customer's link may do now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.policies import Action, allowed_actions
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
