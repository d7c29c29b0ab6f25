"""The pace of a replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.clients.ping_line import Ack, Other, SentPing
from hub.replay.play import MOST_PER_FRAME, Progress, due, shifted

THEN = datetime(2016, 1, 13, 16, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FIXES = [SentPing(lat=60.17, lon=24.94, at=THEN + timedelta(seconds=s)) for s in (0, 10, 30)]


def test_the_first_fix_is_now_and_the_others_follow_at_the_traces_pace() -> None:
    assert [(ping.at - NOW).total_seconds() for ping in shifted(FIXES, NOW, 1.0)] == [0, 10, 30]


def test_at_a_speed_the_times_shrink() -> None:
    assert [(ping.at - NOW).total_seconds() for ping in shifted(FIXES, NOW, 10.0)] == [0, 1, 3]


def test_what_is_due_goes_into_one_frame() -> None:
    pings = shifted(FIXES, NOW, 1.0)
    assert due(pings, 0, NOW - timedelta(seconds=1)) == 0
    assert due(pings, 0, NOW + timedelta(seconds=10)) == 2
    assert due(pings, 1, NOW + timedelta(seconds=10)) == 1
    assert due(pings, 3, NOW + timedelta(days=1)) == 0


def test_a_frame_holds_only_so_many() -> None:
    pings = shifted(FIXES * 300, NOW, 1.0)
    assert due(pings, 0, NOW + timedelta(days=1)) == MOST_PER_FRAME


def test_verdicts_add_up() -> None:
    progress = Progress(total=4)
    progress.count(Ack(ack=1, accepted=1), 1)
    progress.count(Ack(ack=2, accepted=1, others=[Other(1, "flagged", ["teleport", "inaccurate"])]), 2)
    assert (progress.sent, progress.percent) == (3, 75)
    assert progress.verdicts == {"accepted": 2, "flagged": 1}
    assert progress.reasons == {"teleport": 1, "inaccurate": 1}
