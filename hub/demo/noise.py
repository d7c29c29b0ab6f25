"""What a phone makes of a true position: errors of 3 to 8 m that wander slowly, as a city's GPS does."""

from __future__ import annotations

import math
import random
from datetime import datetime

from hub.clients.ping_line import SentPing
from hub.demo.motion import Motion
from hub.domain.geodesy import METRES_PER_DEGREE, Point

ACCURACY_M = (3.0, 8.0)
"""Reported radii; about two of three positions lie within."""
_WANDER_S = 12.0
"""Errors of neighbouring pings are alike; after so many seconds they are others."""
_AXIS_SHARE = 0.66
"""Of the radius that holds 68 %, the standard deviation on each axis (1 / √(2 ln(1 / 0.32)))."""
_MOST_SIGMAS = 2.5
_FULL_S = 86_400.0
_LOWEST_BATTERY = 0.25


def ping_from(phone: int, motion: Motion, now: datetime) -> SentPing:
    """Make the ping that this phone would send: the same phone and moment give the same one."""
    seconds = now.timestamp()
    low_m, high_m = ACCURACY_M
    accuracy_m = low_m + (high_m - low_m) * _wander(phone, "accuracy", seconds, gaussian=False)
    north_m, east_m = (
        _wander(phone, axis, seconds, gaussian=True) * accuracy_m * _AXIS_SHARE for axis in ("north", "east")
    )
    place = _moved(motion.place, north_m, east_m)
    return SentPing(
        lat=round(place.lat, 7),
        lon=round(place.lon, 7),
        at=now,
        accuracy_m=round(accuracy_m, 1),
        speed_mps=round(motion.speed_mps, 1),
        heading_deg=None if motion.heading_deg is None else round(motion.heading_deg, 1) % 360,
        battery=battery(seconds),
    )


def battery(seconds: float) -> float:
    """Tell the charge from 0 to 1 at Unix seconds: full at midnight, falling all day."""
    return round(1.0 - (1.0 - _LOWEST_BATTERY) * (seconds % _FULL_S) / _FULL_S, 3)


def _wander(phone: int, what: str, seconds: float, *, gaussian: bool) -> float:
    """Go smoothly from one random value to the next."""
    step, share = divmod(seconds / _WANDER_S, 1.0)
    a, b = (_draw(f"{phone} {what} {int(step) + more}", gaussian=gaussian) for more in (0, 1))
    angle = share * math.pi / 2
    if gaussian:  # sine and cosine keep the spread the same all the way
        return a * math.cos(angle) + b * math.sin(angle)
    return a + (b - a) * share


def _draw(seed: str, *, gaussian: bool) -> float:
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
    if not gaussian:
        return chance.random()
    return max(-_MOST_SIGMAS, min(_MOST_SIGMAS, chance.gauss(0.0, 1.0)))


def _moved(place: Point, north_m: float, east_m: float) -> Point:
    lat = place.lat + north_m / METRES_PER_DEGREE
    return Point(lat, place.lon + east_m / (METRES_PER_DEGREE * math.cos(math.radians(place.lat))))
