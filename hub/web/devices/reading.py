"""Read positions as other apps write them, in whatever units and kinds of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta

from hub.domain.ping import Ping, short_name
from hub.web.devices.taking import Told
from hub.web.problems import Fault

MPS_PER_KNOT = 1852 / 3600
MPS_PER_KMH = 1 / 3.6
FIRST_MS = 100_000_000_000
"""Unix times from here on are milliseconds: as seconds this is the year 5138, as milliseconds 1973."""
LONGEST_NUMBER = 40
"""Characters; Python would read far longer ones, slowly."""
SURE = frozenset({"true", "1"})

Number = Annotated[Any, Meta(extra_json_schema={"type": ["number", "null"]})]
"""A number that is unknown where it is anything else: an odd battery level must not cost the position."""
Moment = Annotated[Any, Meta(extra_json_schema={"type": ["string", "number", "null"]})]


class EncryptedError(Exception):
    """A message that only those can read who know the key in the app."""


class UnreadableError(Exception):
    """A position that cannot be read; `name` is the part that is to blame, as the app calls it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def ping_of(
    lat: Any,
    lon: Any,
    at: datetime,
    *,
    accuracy_m: Any = None,
    speed: Any = None,
    mps_per_unit: float = 1.0,
    heading_deg: Any = None,
    altitude_m: Any = None,
    battery: float | None = None,
    id: Any = None,
    mock: bool = False,
) -> Ping:
    """Make a ping; raises `UnreadableError` without a place on the earth.

    Anything else that is no number, −1 or impossible is unknown, and so is an accuracy of 0, which no receiver has.
    """
    speed_number = positive(speed)
    return Ping(
        lat=_degrees(lat, 90, "lat"),
        lon=_degrees(lon, 180, "lon"),
        at=at,
        accuracy_m=positive(accuracy_m) or None,
        speed_mps=None if speed_number is None else speed_number * mps_per_unit,
        heading_deg=positive(heading_deg, at_most=360.0),
        altitude_m=None if (altitude := number(altitude_m)) == -1 else altitude,
        battery=battery,
        id=short_name(id) if isinstance(id, str) and id else None,
        mock=mock,
    )


def single(read: Callable[[], Ping]) -> Told:
    """Read the only position of a message."""
    try:
        return Told(pings=[read()])
    except UnreadableError as error:
        return Told(pings=[None], fault=Fault(f"$.{error.name}", "cannot be read"))


def or_none(read: Callable[[], Ping]) -> Ping | None:
    """Read one position of several."""
    try:
        return read()
    except UnreadableError:
        return None


def number(value: Any) -> float | None:
    """Read a finite number, also one that is written as text."""
    if isinstance(value, str) and len(value) > LONGEST_NUMBER:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def positive(value: Any, at_most: float = math.inf) -> float | None:
    """Read a number that is not negative."""
    found = number(value)
    return found if found is not None and 0 <= found <= at_most else None


def charge(value: Any) -> float | None:
    """Read a battery's charge from 0 to 1."""
    return positive(value, at_most=1.0)


def percent(value: Any) -> float | None:
    """Read a battery's charge in percent."""
    found = positive(value, at_most=100.0)
    return None if found is None else found / 100


def moment(value: Any, name: str) -> datetime:
    """Read Unix seconds or milliseconds, ISO 8601 or `yyyy-MM-dd HH:mm:ss`; without an offset it is UTC.

    Raises `UnreadableError` for anything else.
    """
    unix = number(value)
    try:
        if unix is not None:
            return datetime.fromtimestamp(unix / 1000 if unix >= FIRST_MS else unix, UTC)
        if isinstance(value, str):
            # A plus sign that was not encoded arrives as a space.
            found = datetime.fromisoformat(_offset_of(value.strip()))
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise UnreadableError(name)


def pair(value: Any) -> tuple[Any, Any]:
    """Read the first two of a list, None for what is not there."""
    first, second, *_ = [*(value if isinstance(value, list) else []), None, None]
    return first, second


def flag(value: Any) -> bool:
    """Read a switch that is on."""
    return value is True or (isinstance(value, str) and value.strip().lower() in SURE)


def _offset_of(text: str) -> str:
    """Put the plus sign back that a query has turned into a space."""
    return f"{text[:-6]}+{text[-5:]}" if "T" in text and text[-6:-5] == " " else text


def _degrees(value: Any, most: float, name: str) -> float:
    found = number(value)
    if found is None or abs(found) > most:
        raise UnreadableError(name)
    return found
