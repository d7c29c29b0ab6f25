"""When the arrival that people are shown moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.live_messages import Eta, EtaSource
from hub.domain.shown_arrival import ShownArrival, show, stands, while_delayed

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def eta(*, at_s: float = 0.0, left_s: float = 600.0, early_s: float = 90.0, late_s: float = 210.0) -> Eta:
    """Expect an arrival `left_s` after an estimate that is made `at_s` after noon."""
    now = NOON + timedelta(seconds=at_s)
    at = now + timedelta(seconds=left_s)
    return Eta(
        at=at,
        earliest=at - timedelta(seconds=early_s),
        latest=at + timedelta(seconds=late_s),
        confidence=0.8,
        computed_at=now,
        source=EtaSource.ROUTE,
    )


@pytest.mark.parametrize(
    ("at_s", "left_s", "stays"),
    [
        (1, 599, True),
        (59, 541, True),
        (59, 541 + 119, True),
        (59, 541 + 121, False),
        (59, 541 - 89, True),
        (59, 541 - 91, False),
        (60, 540, False),
        (300, 300, False),
    ],
)
def test_it_moves_once_a_minute_unless_it_is_off_by_two_minutes_or_out_of_its_range(
    at_s: float, left_s: float, stays: bool
) -> None:
    assert stands(show(eta()), eta(at_s=at_s, left_s=left_s)) is stays


def test_a_narrow_range_moves_it_sooner() -> None:
    assert not stands(show(eta(early_s=10, late_s=20)), eta(at_s=5, left_s=616))
    assert stands(show(eta(early_s=10, late_s=20)), eta(at_s=5, left_s=614))


@given(st.floats(0, 1e5), st.floats(0, 1e4), st.floats(0, 1e4))
def test_what_is_shown_is_the_same_after_it_was_written_and_read(left_s: float, early_s: float, late_s: float) -> None:
    shown = show(eta(left_s=left_s, early_s=early_s, late_s=late_s))
    read = msgspec.json.decode(msgspec.json.encode(shown), type=ShownArrival)

    assert read.eta == shown.eta
    assert abs(shown.eta.at - eta(left_s=left_s).at) < timedelta(milliseconds=2)


def test_a_delayed_position_widens_the_range_and_leaves_the_arrival() -> None:
    wider = while_delayed(eta(left_s=600), timedelta(seconds=120))

    assert wider.at == eta(left_s=600).at
    assert wider.at - wider.earliest == timedelta(seconds=90 * 1.2)
    assert wider.latest - wider.at == timedelta(seconds=210 * 1.2)


def test_near_the_end_a_delayed_position_doubles_the_range_and_never_promises_the_past() -> None:
    wider = while_delayed(eta(left_s=30, early_s=30, late_s=60), timedelta(seconds=120))

    assert wider.earliest == NOON
    assert wider.latest - wider.at == timedelta(seconds=120)
