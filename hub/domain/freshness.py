"""How old a position is, in words that people understand."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.domain.live_messages import Freshness

LIVE_FOR = timedelta(seconds=30)
"""A position is live up to this age (contract; Hauk draws the same line)."""


def freshness_of(last_seen_at: datetime | None, now: datetime, lost_after: timedelta) -> Freshness:
    """Tell how fresh the newest accepted ping is by the server's clock; never seen is lost."""
    if last_seen_at is None or now - last_seen_at > lost_after:
        return Freshness.LOST
    return Freshness.LIVE if now - last_seen_at <= LIVE_FOR else Freshness.DELAYED


def next_change_at(last_seen_at: datetime | None, now: datetime, lost_after: timedelta) -> datetime | None:
    """Tell when the freshness changes if no ping comes; None where it never does."""
    if last_seen_at is None:
        return None
    changes = (last_seen_at + LIVE_FOR, last_seen_at + lost_after)
    return min((change for change in changes if change >= now), default=None)
