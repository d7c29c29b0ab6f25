"""Drives that a router told, kept for a while so that nobody asks for the same ones again and again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.live_messages import EtaSource
from hub.domain.travel_times import Drive, Leg
from hub.store.tables import travel_time

ROWS_AT_ONCE = 500
"""More in one transaction would keep bookings waiting on SQLite."""
_LEG = (
    travel_time.c.from_lat_e4,
    travel_time.c.from_lon_e4,
    travel_time.c.to_lat_e4,
    travel_time.c.to_lon_e4,
)


async def told(tx: AsyncConnection, legs: Collection[Leg], since: datetime) -> dict[Leg, Drive]:
    """Read what is known of these legs that was told after `since`."""
    found: dict[Leg, Drive] = {}
    for some in _pieces([(*start, *end) for start, end in legs]):
        known = travel_time.c.duration_s, travel_time.c.source, travel_time.c.computed_at
        query = travel_time.select().with_only_columns(*_LEG, *known).where(tuple_(*_LEG).in_(some))
        for *leg, duration_s, source, computed_at in await tx.execute(query.where(travel_time.c.computed_at > since)):
            start, end = (leg[0], leg[1]), (leg[2], leg[3])
            found[start, end] = Drive(duration_s, source != EtaSource.ROUTE, computed_at.timestamp())
    return found


async def keep(tx: AsyncConnection, drives: Mapping[Leg, Drive], now: datetime) -> None:
    """Keep up to `ROWS_AT_ONCE` drives instead of what was told of their legs before."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    row = insert(travel_time)
    changed = {name: row.excluded[name] for name in ("duration_s", "source", "computed_at")}
    values = [
        {
            **dict(zip((column.name for column in _LEG), (*start, *end), strict=True)),
            "duration_s": drive.duration_s,
            "distance_m": 0.0,
            "source": EtaSource.DISTANCE if drive.guessed else EtaSource.ROUTE,
            "computed_at": now,
        }
        for (start, end), drive in drives.items()
    ]
    if values:
        await tx.execute(row.on_conflict_do_update(index_elements=list(_LEG), set_=changed), values)


def _pieces(legs: Sequence[tuple[int, ...]]) -> Iterator[Sequence[tuple[int, ...]]]:
    for start in range(0, len(legs), ROWS_AT_ONCE):
        yield legs[start : start + ROWS_AT_ONCE]
