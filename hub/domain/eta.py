"""When the technician arrives: a range, never a single minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.domain.eta_correction import Correction
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


def estimate(
    progress: Progress,
    source: EtaSource,
    position_at: datetime,
    now: datetime,
    learned: Correction | None = None,
    stops_s: float = 0.0,
) -> Eta:
    """Estimate the arrival from the remaining travel time at the moment of the position.

    `learned` corrects what the router said and brings the range; `stops_s` are seconds at other customers on the
    way, which no road makes longer. The time since the position is taken as driven; no arrival lies before `now`.
    """
    age_s = (now - position_at).total_seconds()
    travel_s = learned.left_s(progress, now) if learned else progress.remaining_s
    left_s = max(0.0, travel_s + stops_s - age_s)
    at = now + timedelta(seconds=left_s)
    width = learned.range_s(travel_s + stops_s, age_s) if learned else None
    if width is None:
        early_s, late_s = EARLY_S + EARLY_SHARE * left_s, LATE_S + LATE_SHARE * left_s
    else:
        early_s, late_s = width
    return Eta(
        at=at,
        earliest=now if early_s >= left_s else at - timedelta(seconds=early_s),
        latest=at + timedelta(seconds=late_s),
        confidence=CONFIDENCE,
        computed_at=now,
        source=source,
    )


def whole_minutes(eta: Eta) -> tuple[datetime, datetime]:
    """Round the range outward to whole minutes, as people read it; nothing of it is cut off."""
    earliest = eta.earliest.replace(second=0, microsecond=0)
    latest = eta.latest.replace(second=0, microsecond=0)
    return earliest, latest if latest == eta.latest else latest + timedelta(minutes=1)
