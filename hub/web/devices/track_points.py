"""What the readers of track files share: how a recorded point becomes a ping."""

from __future__ import annotations

from typing import Any

from hub.domain.ping import Ping
from hub.web.devices.reading import charge, moment, or_none, ping_of

MOST_POINTS = 100_000
"""Points of one file: a day of one a second has 86,400."""


class UnreadableTrackError(Exception):
    """A file that holds no track; the text says why."""


class TooManyPointsError(Exception):
    """A file of more points than one import takes."""


def point(
    lat: Any,
    lon: Any,
    at: Any,
    *,
    accuracy_m: Any = None,
    speed_mps: Any = None,
    heading_deg: Any = None,
    altitude_m: Any = None,
    battery: Any = None,
) -> Ping | None:
    """Make a ping of a recorded point; None without a place or a time. What else cannot be read is unknown."""
    return or_none(
        lambda: ping_of(
            lat,
            lon,
            moment(at, "at"),
            accuracy_m=accuracy_m,
            speed=speed_mps,
            heading_deg=heading_deg,
            altitude_m=altitude_m,
            battery=charge(battery),
        )
    )
