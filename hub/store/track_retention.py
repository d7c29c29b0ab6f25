"""Which points of the track history may go, and their deletion, a chunk at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import bindparam, delete, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.columns import UtcDateTime
from hub.store.tables import track_point
from hub.store.track_history import CHUNK_ROWS

EVER = datetime.max.replace(tzinfo=UTC)

_of = track_point.c


class PointKey(msgspec.Struct, frozen=True):
    """Names a point, and tells what its fate depends on."""

    device_id: str
    ping_key: bytes
    at: datetime
    verdict: str
    received_at: datetime


async def resources_between(tx: AsyncConnection, from_: datetime, to: datetime) -> list[str]:
    """List the technicians who have a track, by a walk from one to the next, which reads none of their other points.

    On PostgreSQL those with points on the UTC days of an interval, since each day is looked at; on SQLite all.
    """
    query = select(func.min(_of.resource_id)).where(_of.resource_id > bindparam("after"))
    if tx.dialect.name == "postgresql":
        query = query.where(_of.at >= _day(from_), _of.at < _day(to) + timedelta(days=1))
    found: list[str] = []
    while after := (await tx.execute(query, {"after": found[-1] if found else ""})).scalar_one():
        found.append(after)
    return found


async def first_at(tx: AsyncConnection, resource_id: str, *, from_: datetime, to: datetime) -> datetime | None:
    """Find a technician's first point with `from_` <= at < `to`."""
    query = select(_of.at).where(_of.resource_id == resource_id, _of.at >= from_, _of.at < to).order_by(_of.at).limit(1)
    found: datetime | None = (await tx.execute(query)).scalar_one_or_none()
    return found


async def keys_between(tx: AsyncConnection, resource_id: str, *, from_: datetime, to: datetime) -> list[PointKey]:
    """Read the names of a technician's points with `from_` <= at < `to`, by time."""
    columns = [_of[name] for name in PointKey.__struct_fields__]
    query = select(*columns).where(_of.resource_id == resource_id, _of.at >= from_, _of.at < to)
    order = (_of.at, _of.device_id, _of.ping_key)
    return await rows.find_all(tx, PointKey, query.order_by(*order))


async def delete_points(tx: AsyncConnection, keys: Sequence[PointKey]) -> None:
    """Delete at most `CHUNK_ROWS` points by their names, one by one: a list of 500 names takes longer to build."""
    one = delete(track_point).where(
        _of.device_id == bindparam("of_device"), _of.ping_key == bindparam("of_ping"), _of.at == bindparam("of_at")
    )
    named = [{"of_device": key.device_id, "of_ping": key.ping_key, "of_at": key.at} for key in keys]
    if named:
        await tx.execute(one, named)


async def delete_some_before(tx: AsyncConnection, resource_id: str, before: datetime = EVER) -> int:
    """Delete at most `CHUNK_ROWS` of a technician's points from before a moment, else of all; answer how many."""
    query = select(_of.device_id, _of.ping_key, _of.at).where(_of.resource_id == resource_id, _of.at < before)
    if tx.dialect.name == "sqlite":  # by number, which its planner likes best
        statement = text(
            "DELETE FROM track_point WHERE rowid IN "
            "(SELECT rowid FROM track_point WHERE resource_id = :resource_id AND at < :before LIMIT :most)"
        ).bindparams(bindparam("before", type_=UtcDateTime()))
        values = {"resource_id": resource_id, "before": before, "most": CHUNK_ROWS}
        return (await tx.execute(statement, values)).rowcount
    row = tuple_(_of.device_id, _of.ping_key, _of.at)
    return (await tx.execute(delete(track_point).where(row.in_(query.limit(CHUNK_ROWS))))).rowcount


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
