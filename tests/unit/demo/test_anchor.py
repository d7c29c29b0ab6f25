"""What the demo remembers of its timetable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from hub.demo.anchor import AHEAD, BEFORE, Anchor, continued, moved, read_anchor, with_anchor

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
START = NOW - BEFORE
ANCHOR = Anchor(
    starts_at=START,
    seed=7,
    resources=[f"re_{number}" for number in range(8)],
    locations=[f"lo_{number}" for number in range(20)],
    service_types=["st_0", "st_1"],
    durations_s=[[130.0 + (a * 7 + b * 13) % 200 for b in range(28)] for a in range(28)],
    planned_until=START,
    ends_at=START,
)


def test_a_plan_continued_in_pieces_is_the_plan_continued_at_once() -> None:
    _, at_once = continued(ANCHOR, NOW + AHEAD)
    half, first = continued(ANCHOR, NOW)
    whole, second = continued(half, NOW + AHEAD)
    assert first
    assert second
    assert first + second == at_once
    assert whole.planned_until == NOW + AHEAD
    assert whole.ends_at == max(visit.finishes_at for visit in at_once)


def test_a_plan_that_reaches_far_enough_is_not_continued() -> None:
    planned, _ = continued(ANCHOR, NOW)
    assert continued(planned, NOW - timedelta(minutes=1)) == (planned, [])


def test_a_moved_plan_begins_anew_from_the_bases() -> None:
    planned, _ = continued(ANCHOR, NOW)
    _, visits = continued(moved(planned, NOW + timedelta(days=1)), NOW + timedelta(days=1, hours=1))
    assert {visit.technician for visit in visits if visit.departs_at == NOW + timedelta(days=1)} == set(range(8))


def test_the_anchor_lies_among_the_portals_other_switches() -> None:
    switches: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(with_anchor({"public_booking": True}, ANCHOR)))
    assert switches["public_booking"] is True
    assert read_anchor(switches) == ANCHOR
    assert read_anchor({}) is None
