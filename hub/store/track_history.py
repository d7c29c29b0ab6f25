"""The track history: every ping that was kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import LargeBinary, Text, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.columns import UtcDateTime
from hub.store.cursors import BadCursorError, decode_cursor, encode_cursor
from hub.store.tables import track_point
from hub.store.track_partitions import make_days

CHUNK_ROWS = 500
"""The most rows that one transaction should insert: SQLite's only write lock is held meanwhile (2,000 rows
pushed the 99th percentile of a booking to 230 ms, 500 to 104 ms)."""


class TrackPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One kept ping."""

    device_id: str
    ping_key: bytes
    """16 bytes that tell it from its device's other pings."""
    resource_id: str
    at: datetime
    lat: float
    lon: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    battery: float | None = None
    """0 to 1."""
    verdict: str
    """`accepted`, `late` or `flagged`."""
    reasons: list[str] = []
    mock: bool = False
    """Whether the phone said that an app made it up."""
    received_at: datetime


class TrackPage(msgspec.Struct, frozen=True):
    """A part of a track."""

    items: list[TrackPoint]
    next_cursor: str | None


COLUMNS = TrackPoint.__struct_fields__
"""All of a row's columns."""


async def insert_points(tx: AsyncConnection, points: Sequence[TrackPoint]) -> None:
    """Insert at most `CHUNK_ROWS` points, first in a transaction; known ones (same device and key) stay as they are.

    The statement goes to the driver as it is: SQLAlchemy's way would cost 40 µs a row, four times the insert
    itself, and every ping of every technician passes here.
    """
    sqlite = tx.dialect.name == "sqlite"
    marks = ", ".join("?" if sqlite else f"${number}" for number in range(1, len(COLUMNS) + 1))
    statement = f"INSERT INTO track_point ({', '.join(COLUMNS)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - constants
    if points:
        await make_days(tx, (point.at for point in points))
        await tx.exec_driver_sql(statement, [_row(point, _utc_text if sqlite else _as_it_is) for point in points])


def _row(point: TrackPoint, moment: Callable[[datetime], Any]) -> tuple[Any, ...]:
    """Write a point as the driver wants it, in the order of `COLUMNS`."""
    return (
        point.device_id,
        point.ping_key,
        point.resource_id,
        moment(point.at),
        point.lat,
        point.lon,
        point.accuracy_m,
        point.speed_mps,
        point.heading_deg,
        point.altitude_m,
        point.battery,
        point.verdict,
        msgspec.json.encode(point.reasons).decode() if point.reasons else "[]",
        point.mock,
        moment(point.received_at),
    )


def _as_it_is(moment: datetime) -> datetime:
    return moment


def _utc_text(moment: datetime) -> str:
    """Write a time as `UtcDateTime` does."""
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[: -len("+00:00")]


async def track(
    tx: AsyncConnection,
    resource_id: str,
    *,
    from_: datetime,
    to: datetime,
    cursor: str | None = None,
    limit: int = 500,
) -> TrackPage:
    """Read a technician's points with `from_` <= at < `to`, by time, at most 500; raises BadCursorError."""
    order = (track_point.c.at, track_point.c.device_id, track_point.c.ping_key)
    query = select(track_point).where(
        track_point.c.resource_id == resource_id, track_point.c.at >= from_, track_point.c.at < to
    )
    if cursor is not None:
        query = query.where(tuple_(*order) > tuple_(*_after(cursor)))
    size = rows.page_size(limit)
    found = await rows.find_all(tx, TrackPoint, query.order_by(*order).limit(size + 1))
    items = found[:size]
    return TrackPage(items, _cursor(items[-1]) if len(found) > size else None)


def _cursor(point: TrackPoint) -> str:
    return encode_cursor(point.at, f"{point.device_id} {point.ping_key.hex()}")


def _after(cursor: str) -> tuple[Any, Any, Any]:
    at, key = decode_cursor(cursor)
    device_id, _, ping_key = key.partition(" ")
    try:
        raw = bytes.fromhex(ping_key)
    except ValueError as error:
        raise BadCursorError("unknown cursor") from error
    return literal(at, UtcDateTime), literal(device_id, Text), literal(raw, LargeBinary)
