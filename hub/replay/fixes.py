"""What a recorded trace consists of, whatever file it came from."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import msgspec

from hub.clients.ping_line import SentPing


class TraceError(Exception):
    """A file that can't be replayed; the text says why."""


class Trace(msgspec.Struct, frozen=True):
    """The fixes of a file in its order, and which of its lines or points were no fixes."""

    fixes: list[SentPing]
    unreadable: list[str] = []
    """Where each one is, and what is wrong with it."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a file. Other columns and members are ignored."""

    lat: float
    lon: float
    at: datetime | float
    """RFC 3339 or Unix seconds; without an offset it is UTC."""
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    battery: float | None = None


def fix_of(row: Row) -> SentPing:
    """Turn a line into a fix; −1 is kept, the hub knows that it means unknown. Raises ValueError."""
    values = msgspec.structs.asdict(row)
    if not all(math.isfinite(value) for value in values.values() if isinstance(value, float)):
        raise ValueError("not a number")
    return SentPing(**{**values, "at": _moment(row.at)})


def _moment(at: datetime | float) -> datetime:
    if isinstance(at, datetime):
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        return datetime.fromtimestamp(at, UTC)
    except (OverflowError, OSError):
        raise ValueError("a moment outside the calendar") from None
