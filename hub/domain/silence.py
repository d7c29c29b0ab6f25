"""Why nothing is heard of a technician, as far as anything tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

LOW_BATTERY = 0.1
"""A phone that fell silent with so little charge has probably gone off."""


class Silence(StrEnum):
    """A known reason of silence."""

    SHARING_OFF = "sharing_off"
    """The technician turned sharing off."""
    OFF_HOURS = "off_hours"
    """It is outside the technician's tracking hours."""
    LAST_WILL = "last_will"
    """The phone's connection broke without a goodbye: the broker told its last will."""
    BATTERY = "battery"
    """The battery was nearly empty."""


def reason_of(
    *,
    last_seen_at: datetime | None,
    said: Silence | None,
    said_at: datetime | None,
    battery: float | None,
    off_hours: bool,
    now: datetime,
    quiet_after: timedelta,
) -> Silence | None:
    """Name the likeliest reason of a silence; None where something was heard lately, or nothing tells why.

    `said` is what the device told at `said_at`, and counts until a position comes after it.
    """
    if said is not None and said_at is not None and (last_seen_at is None or last_seen_at <= said_at):
        return said
    if last_seen_at is not None and now - last_seen_at <= quiet_after:
        return None
    if off_hours:
        return Silence.OFF_HOURS
    return Silence.BATTERY if battery is not None and battery <= LOW_BATTERY else None
