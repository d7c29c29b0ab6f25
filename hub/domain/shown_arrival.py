"""The arrival that people are shown: it moves seldom, so that they can plan with it.

It lives in the technician's judging state and changes with the ping that changed it, in the same compare-and-set: all
web processes show the same one, also after a restart.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.domain.live_messages import Eta, EtaSource

MOVES_AFTER = timedelta(seconds=60)
"""Within this time of the last move the arrival stands (reference "ETA accuracy": once a minute) …"""
MOVES_BY = timedelta(seconds=120)
"""… unless it is off by more than this, or its range no longer holds what is expected."""


class ShownArrival(msgspec.Struct, frozen=True, array_like=True):
    """An arrival with its range, in few bytes: it is written and read with every commit."""

    computed_at: datetime
    left_s: float
    """Seconds from then to the expected arrival."""
    early_s: float
    """As many seconds before it the range begins."""
    late_s: float
    """As many after it the range ends."""
    confidence: float
    source: EtaSource

    @property
    def eta(self) -> Eta:
        """Give it in words of the contract."""
        at = self.computed_at + timedelta(seconds=self.left_s)
        return Eta(
            at=at,
            earliest=at - timedelta(seconds=self.early_s),
            latest=at + timedelta(seconds=self.late_s),
            confidence=self.confidence,
            computed_at=self.computed_at,
            source=self.source,
        )


def show(eta: Eta) -> ShownArrival:
    """Take an estimate to be shown; to the millisecond, so that it is the same wherever it is read."""
    return ShownArrival(
        computed_at=eta.computed_at,
        left_s=_seconds(eta.at - eta.computed_at),
        early_s=_seconds(eta.at - eta.earliest),
        late_s=_seconds(eta.latest - eta.at),
        confidence=eta.confidence,
        source=eta.source,
    )


def stands(shown: ShownArrival, eta: Eta) -> bool:
    """Tell whether what is shown may stand, now that `eta` is expected."""
    moved_s = (eta.at - shown.computed_at).total_seconds() - shown.left_s
    if abs(moved_s) > MOVES_BY.total_seconds() or not -shown.early_s <= moved_s <= shown.late_s:
        return False
    return eta.computed_at - shown.computed_at < MOVES_AFTER


def while_delayed(eta: Eta, unseen: timedelta) -> Eta:
    """Widen the range of an arrival whose position is delayed: by the share of the way on which nobody sees them.

    `unseen` is how long that may last until the position is lost.
    """
    left = max(eta.at - eta.computed_at, timedelta(seconds=1))
    more = 1.0 + min(1.0, unseen / left)
    return msgspec.structs.replace(
        eta,
        earliest=max(eta.computed_at, eta.at - (eta.at - eta.earliest) * more),
        latest=eta.at + (eta.latest - eta.at) * more,
    )


def _seconds(span: timedelta) -> float:
    return round(span.total_seconds(), 3)
