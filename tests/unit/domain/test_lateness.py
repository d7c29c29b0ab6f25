"""Compare visits with what was promised."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.booking_status import BookingStatus
from hub.domain.lateness import AT_RISK_BEFORE, Lateness, lateness_of
from hub.domain.live_messages import Eta, EtaSource, Window
from tests.builders import NOW

MINUTE = timedelta(minutes=1)
WINDOW = Window(NOW, NOW + 60 * MINUTE)
TRAVELING, SCHEDULED = BookingStatus.TRAVELING, BookingStatus.SCHEDULED


def eta(at_min: float, latest_min: float) -> Eta:
    at, latest = NOW + at_min * MINUTE, NOW + latest_min * MINUTE
    return Eta(at=at, earliest=NOW, latest=latest, confidence=0.8, computed_at=NOW, source=EtaSource.ROUTE)


@pytest.mark.parametrize(
    ("at_min", "latest_min", "expected"),
    [(20, 30, Lateness.ON_TIME), (55, 60, Lateness.AT_RISK), (59.9, 90, Lateness.AT_RISK), (60, 61, Lateness.LATE)],
)
def test_who_travels_is_judged_by_the_arrival(at_min: float, latest_min: float, expected: Lateness) -> None:
    assert lateness_of(TRAVELING, WINDOW, eta(at_min, latest_min), NOW) is expected


@pytest.mark.parametrize("status", [TRAVELING, SCHEDULED])
@pytest.mark.parametrize(
    ("gone_min", "expected"),
    [(44.9, Lateness.ON_TIME), (45, Lateness.AT_RISK), (59.9, Lateness.AT_RISK), (60, Lateness.LATE)],
)
def test_without_an_arrival_the_clock_judges(status: BookingStatus, gone_min: float, expected: Lateness) -> None:
    assert lateness_of(status, WINDOW, None, NOW + gone_min * MINUTE) is expected


def test_an_arrival_counts_only_for_who_travels() -> None:
    assert lateness_of(SCHEDULED, WINDOW, eta(90, 95), NOW) is Lateness.ON_TIME


@pytest.mark.parametrize("status", ["in_progress", "on_break", "completed", "canceled"])
def test_who_is_there_or_does_not_come_is_neither(status: str) -> None:
    assert lateness_of(BookingStatus(status), WINDOW, None, NOW + 500 * MINUTE) is None


@given(st.floats(-600, 600), st.floats(0, 600))
def test_time_alone_never_makes_it_better(gone_min: float, more_min: float) -> None:
    order = list(Lateness)
    now = NOW + gone_min * MINUTE
    before, after = (lateness_of(SCHEDULED, WINDOW, None, at) for at in (now, now + more_min * MINUTE))
    assert before is not None
    assert after is not None
    assert order.index(before) <= order.index(after)
    assert (before is Lateness.ON_TIME) == (now + AT_RISK_BEFORE < WINDOW.latest)
