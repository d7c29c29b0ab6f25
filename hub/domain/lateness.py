"""Who will be late: the promised window against the clock, or against the arrival that is expected."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from hub.domain.booking_status import BookingStatus
from hub.domain.live_messages import Eta, Window

AT_RISK_BEFORE = timedelta(minutes=15)
"""So long before its end a promise is at risk while nothing tells when the technician arrives (our choice)."""


class Lateness(StrEnum):
    """How a promise stands."""

    ON_TIME = "on_time"
    AT_RISK = "at_risk"
    LATE = "late"


def lateness_of(status: BookingStatus, window: Window, eta: Eta | None, now: datetime) -> Lateness | None:
    """Compare a visit with its promised window; None where somebody is there, or nobody comes any more.

    `eta` is the arrival that is expected of somebody who travels, None where nothing tells it. Late is what the
    customer's page calls late: the estimate, or else the clock, has reached the end of the window. At risk is an
    arrival whose range reaches it, or a window that ends soon.
    """
    if status not in (BookingStatus.SCHEDULED, BookingStatus.TRAVELING):
        return None
    expected = eta if status is BookingStatus.TRAVELING else None
    if (expected.at if expected else now) >= window.latest:
        return Lateness.LATE
    latest = expected.latest if expected else now + AT_RISK_BEFORE
    return Lateness.AT_RISK if latest >= window.latest else Lateness.ON_TIME
