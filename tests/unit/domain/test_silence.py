"""Why nothing is heard of a technician."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hub.domain.silence import LOW_BATTERY, Silence, reason_of
from tests.builders import NOW

AFTER = timedelta(minutes=2)
LONG_AGO = NOW - timedelta(hours=1)


def _reason(
    *,
    last_seen_at: datetime | None = LONG_AGO,
    said: Silence | None = None,
    said_at: datetime | None = None,
    battery: float | None = None,
    off_hours: bool = False,
) -> Silence | None:
    return reason_of(
        last_seen_at=last_seen_at,
        said=said,
        said_at=said_at,
        battery=battery,
        off_hours=off_hours,
        now=NOW,
        quiet_after=AFTER,
    )


@pytest.mark.parametrize("last_seen_at", [None, LONG_AGO])
def test_without_any_hint_there_is_no_reason(last_seen_at: datetime | None) -> None:
    assert _reason(last_seen_at=last_seen_at) is None
    assert _reason(last_seen_at=last_seen_at, battery=0.5) is None


@pytest.mark.parametrize("said", [Silence.SHARING_OFF, Silence.LAST_WILL])
def test_what_the_phone_said_counts_at_once_and_above_all_else(said: Silence) -> None:
    just_now = NOW - timedelta(seconds=1)

    assert _reason(last_seen_at=just_now, said=said, said_at=NOW, battery=0.01, off_hours=True) is said
    assert _reason(last_seen_at=NOW, said=said, said_at=NOW) is said
    assert _reason(last_seen_at=None, said=said, said_at=LONG_AGO) is said


def test_what_the_phone_said_is_over_once_a_position_comes() -> None:
    assert _reason(last_seen_at=LONG_AGO, said=Silence.LAST_WILL, said_at=LONG_AGO - timedelta(seconds=1)) is None


@pytest.mark.parametrize(("age", "reason"), [(AFTER, None), (AFTER + timedelta(seconds=1), Silence.OFF_HOURS)])
def test_who_was_heard_lately_is_not_silent(age: timedelta, reason: Silence | None) -> None:
    assert _reason(last_seen_at=NOW - age, off_hours=True, battery=0.01) is reason


def test_outside_tracking_hours_comes_before_the_battery() -> None:
    assert _reason(off_hours=True, battery=0.01) is Silence.OFF_HOURS
    assert _reason(last_seen_at=None, off_hours=True) is Silence.OFF_HOURS


@pytest.mark.parametrize(
    ("battery", "reason"), [(LOW_BATTERY, Silence.BATTERY), (LOW_BATTERY + 0.01, None), (0.0, Silence.BATTERY)]
)
def test_a_tenth_of_a_battery_explains_a_silence(battery: float, reason: Silence | None) -> None:
    assert _reason(battery=battery) is reason
