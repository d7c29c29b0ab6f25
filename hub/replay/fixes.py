"""What a recorded trace consists of, whatever file it came from."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from hub.clients.ping_line import SentPing


class TraceError(Exception):
    """A file that can't be replayed; the text says why."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What a file tells of a fix and a replay does not send: sent again, it would be a duplicate of itself."""

    id: str | None = None
    mock: bool = False
    received_at: datetime | None = None
    """When it reached somebody who wrote it down."""


class Trace(msgspec.Struct, frozen=True):
    """The fixes of a file in its order, and which of its lines or points were no fixes."""

    fixes: list[SentPing]
    unreadable: list[str] = []
    """Where each one is, and what is wrong with it."""
    notes: list[Note] = []
    """What else the file tells of each fix, in the same order."""


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
    id: object = None
    mock: object = False
    received_at: object = None
    written_at: object = None
    """When the phone itself wrote it down; as good as `received_at` where there is none."""


def fix_of(row: Row) -> SentPing:
    """Turn a line into a fix; −1 is kept, the hub knows that it means unknown. Raises ValueError."""
    values = {name: getattr(row, name) for name in SentPing.__struct_fields__}
    if not all(math.isfinite(value) for value in values.values() if isinstance(value, float)):
        raise ValueError("not a number")
    return SentPing(**{**values, "at": moment_of(row.at)})


def note_of(row: Row) -> Note:
    """Read what else a line tells; what cannot be read is left out."""
    received_at = None
    for told in (row.written_at, row.received_at):
        with suppress(msgspec.ValidationError, ValueError):
            received_at = moment_of(msgspec.convert(told, datetime | float, strict=False))
    name = str(row.id) if isinstance(row.id, str | int) else None
    return Note(id=name or None, mock=str(row.mock).lower() in ("true", "1"), received_at=received_at)


def moment_of(at: datetime | float) -> datetime:
    """Tell a moment in UTC; without an offset it is UTC already. Raises ValueError outside the calendar."""
    try:
        if isinstance(at, datetime):
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        return datetime.fromtimestamp(at, UTC)
    except (OverflowError, OSError):
        raise ValueError("a moment outside the calendar") from None
