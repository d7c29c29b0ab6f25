"""The days of the track history, on a real PostgreSQL; on SQLite there are none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from hub.store.database import Database
from hub.store.tables import track_point
from hub.store.track_history import TrackPoint, insert_points
from hub.store.track_partitions import drop_days, make_days
from tests.builders import NOW
from tests.databases import fresh_postgres

DAY = timedelta(days=1)


@pytest.fixture
async def postgres(postgres_server: str, postgres_template: str) -> AsyncIterator[Database]:
    """Open a migrated PostgreSQL database without rows."""
    async with fresh_postgres(postgres_server, postgres_template) as url:
        opened = Database.open(url)
        yield opened
        await opened.close()


def point(number: int, days_ago: int = 0) -> TrackPoint:
    """Describe a point."""
    return TrackPoint(
        device_id="de_1",
        ping_key=number.to_bytes(16),
        resource_id="re_1",
        at=NOW - days_ago * DAY,
        lat=60.17,
        lon=24.94,
        verdict="accepted",
        received_at=NOW,
    )


async def _insert(db: Database, *points: TrackPoint) -> None:
    async with db.write() as tx:
        await insert_points(tx, points)


async def _count(db: Database) -> int:
    async with db.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(track_point))).scalar_one())


async def _days(db: Database) -> list[str]:
    query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'track_point'::regclass ORDER BY 1"
    async with db.read() as tx:
        return list((await tx.execute(text(query))).scalars())


async def test_each_day_has_a_partition_from_its_first_point_on(postgres: Database) -> None:
    await _insert(postgres, point(1), point(2, days_ago=2), point(3))

    assert await _days(postgres) == ["track_point_20261121", "track_point_20261123"]


async def test_twenty_recorders_that_need_the_same_days_at_once_do_not_collide(postgres: Database) -> None:
    days = range(4)
    await asyncio.gather(
        *(_insert(postgres, *(point(100 * recorder + day, days_ago=day) for day in days)) for recorder in range(20))
    )

    assert await _count(postgres) == 20 * len(days)
    assert len(await _days(postgres)) == len(days)


async def test_a_day_that_is_there_is_made_without_waiting_for_whoever_makes_another(postgres: Database) -> None:
    await _insert(postgres, point(1))

    async with postgres.write() as tx:
        await make_days(tx, [NOW - DAY])
        await asyncio.wait_for(_insert(postgres, point(2)), 5)

    assert await _count(postgres) == 2


async def test_days_are_dropped_whole_once_all_of_them_is_too_old(postgres: Database) -> None:
    await _insert(postgres, *(point(day, days_ago=day) for day in range(5)))

    async with postgres.write() as tx:
        dropped = await drop_days(tx, NOW - 3 * DAY)

    assert dropped == 1
    assert await _count(postgres) == 4


async def test_a_point_of_a_dropped_day_brings_the_day_back(postgres: Database) -> None:
    await _insert(postgres, point(1, days_ago=5))
    async with postgres.write() as tx:
        await drop_days(tx, NOW)

    await _insert(postgres, point(2, days_ago=5))

    assert await _count(postgres) == 1


async def test_recorders_insert_while_days_are_dropped(postgres: Database) -> None:
    await _insert(postgres, *(point(day, days_ago=day) for day in range(30)))

    async def drop() -> None:
        for age in range(29, 0, -1):
            async with postgres.write() as tx:
                await drop_days(tx, NOW - age * DAY)

    async def record(recorder: int) -> None:
        for number in range(30):
            await _insert(postgres, point(1_000 * recorder + number))

    await asyncio.gather(drop(), *(record(recorder) for recorder in range(1, 4)))

    assert await _days(postgres) == ["track_point_20261122", "track_point_20261123"]
    assert await _count(postgres) == 2 + 90


async def test_sqlite_has_no_days(db: Database) -> None:
    if db.dialect == "sqlite":
        async with db.write() as tx:
            await make_days(tx, [NOW])
            assert await drop_days(tx, NOW) == 0
