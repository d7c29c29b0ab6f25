"""Drives that a router told, kept for a while so that nobody asks for the same ones again and again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import text
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


_TOLD = {
    "sqlite": text(
        "SELECT at.* FROM json_each(:legs) AS leg JOIN travel_time AS at ON at.from_lat_e4 = leg.value ->> 0"
        " AND at.from_lon_e4 = leg.value ->> 1 AND at.to_lat_e4 = leg.value ->> 2 AND at.to_lon_e4 = leg.value ->> 3"
    ),
    "postgresql": text(
        "SELECT at.* FROM jsonb_array_elements(CAST(:legs AS jsonb)) AS leg JOIN travel_time AS at"
        " ON at.from_lat_e4 = CAST(leg ->> 0 AS integer) AND at.from_lon_e4 = CAST(leg ->> 1 AS integer)"
        " AND at.to_lat_e4 = CAST(leg ->> 2 AS integer) AND at.to_lon_e4 = CAST(leg ->> 3 AS integer)"
    ),
}
"""One statement however many legs there are: thousands of parameters would take longer to write than rows to find."""


async def told(tx: AsyncConnection, legs: Collection[Leg], since: datetime) -> dict[Leg, Drive]:
    """Read what is known of these legs that was told after `since`."""
    if not legs:
        return {}
    wanted = msgspec.json.encode([(*start, *end) for start, end in legs]).decode()
    query = _TOLD[tx.dialect.name].columns(*travel_time.c)
    found: dict[Leg, Drive] = {}
    for row in await tx.execute(query, {"legs": wanted}):
        if row.computed_at > since:
            leg = (row.from_lat_e4, row.from_lon_e4), (row.to_lat_e4, row.to_lon_e4)
            found[leg] = Drive(row.duration_s, row.source != EtaSource.ROUTE, row.computed_at.timestamp())
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
