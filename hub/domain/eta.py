"""When the technician arrives: a range, never a single minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.domain.live_messages import Eta, EtaSource
from hub.domain.route_progress import Progress

CONFIDENCE = 0.8
"""The probability with which the range shall hold the arrival (contract's default)."""
EARLY_SHARE, EARLY_S = 0.10, 30.0
LATE_SHARE, LATE_S = 0.25, 60.0
"""The range reaches this share of the remaining time, and so many seconds more, to each side.

Until arrivals have been observed the width is a fixed share. It is wider on the late side, since roads
delay more often than they hasten, and since for somebody waiting late hurts more than early.
"""


def estimate(progress: Progress, source: EtaSource, position_at: datetime, now: datetime) -> Eta:
    """Estimate the arrival from the remaining travel time at the moment of the position.

    The time that has passed since is taken as driven; no arrival lies before `now`.
    """
    left_s = max(0.0, progress.remaining_s - (now - position_at).total_seconds())
    at = now + timedelta(seconds=left_s)
    early_s = EARLY_S + EARLY_SHARE * left_s
    return Eta(
        at=at,
        earliest=now if early_s >= left_s else at - timedelta(seconds=early_s),
        latest=at + timedelta(seconds=LATE_S + LATE_SHARE * left_s),
        confidence=CONFIDENCE,
        computed_at=now,
        source=source,
    )
