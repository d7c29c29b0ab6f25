"""Tell how fresh a position is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.freshness import freshness_of, next_change_at
from hub.domain.live_messages import Freshness
from tests.builders import NOW

F = Freshness
LOST_AFTER = timedelta(seconds=120)


def _seen(age_s: float) -> datetime:
    return NOW - timedelta(seconds=age_s)


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [
        (-60, F.LIVE),
        (0, F.LIVE),
        (30, F.LIVE),
        (30.001, F.DELAYED),
        (120, F.DELAYED),
        (120.001, F.LOST),
        (1e6, F.LOST),
    ],
)
def test_a_position_is_live_up_to_30_s_and_delayed_up_to_120_s(age_s: float, expected: Freshness) -> None:
    assert freshness_of(_seen(age_s), NOW, LOST_AFTER) is expected


def test_what_was_never_seen_is_lost_for_ever() -> None:
    assert freshness_of(None, NOW, LOST_AFTER) is F.LOST
    assert next_change_at(None, NOW, LOST_AFTER) is None


@pytest.mark.parametrize(("age_s", "after_s"), [(0, 30), (30, 0), (31, 89), (120, 0), (-10, 40)])
def test_the_next_change_is_at_the_end_of_live_and_then_of_delayed(age_s: float, after_s: float) -> None:
    assert next_change_at(_seen(age_s), NOW, LOST_AFTER) == NOW + timedelta(seconds=after_s)


def test_what_is_lost_changes_no_more() -> None:
    assert next_change_at(_seen(121), NOW, LOST_AFTER) is None


def test_where_lost_begins_after_30_s_nothing_is_ever_delayed() -> None:
    lost_after = timedelta(seconds=30)

    assert freshness_of(_seen(30), NOW, lost_after) is F.LIVE
    assert freshness_of(_seen(30.001), NOW, lost_after) is F.LOST


@given(st.floats(-100, 400), st.floats(30, 200))
def test_nothing_changes_before_the_next_change_and_something_does_after(age_s: float, lost_s: float) -> None:
    seen, lost_after = _seen(age_s), timedelta(seconds=lost_s)
    change, instant = next_change_at(seen, NOW, lost_after), timedelta(microseconds=1)
    before = freshness_of(seen, NOW, lost_after)

    if change is None:
        assert before is F.LOST
    else:
        assert freshness_of(seen, change, lost_after) is before
        assert freshness_of(seen, change + instant, lost_after) is not before
