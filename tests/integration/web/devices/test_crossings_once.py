"""From pings to crossings: over two web processes, and though the recorder replays, each is written once."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from hub.clock import system_clock
from hub.domain.geofence import CrossingKind
from hub.services.record_track import RecordTrack
from hub.store import crossings
from hub.store.crossings import EVENT_KIND
from hub.store.database import Database
from hub.store.ping_stream import Entry, PingStream
from hub.store.tables import event, track_point
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, Scene, hub_settings, ping_at, running_hub
from tests.integration.stores import TestValkey

DOOR_LAT, DOOR_LON = 60.1635, 24.9385
"""Where the built customer lives."""
METRES_PER_DEGREE = 111_195.0


class Interrupted(Exception):
    """The recorder was ended."""


class EndingStream(PingStream):
    """Ends the recorder after it has written everything, before the stream knows of it."""

    async def done(self, entries: list[Entry]) -> None:
        """End here."""
        raise Interrupted


def fix(at: datetime, away_m: float, speed_mps: float) -> dict[str, Any]:
    """Describe a fix so many metres north of the door."""
    lat = DOOR_LAT + away_m / METRES_PER_DEGREE
    return ping_at(at, lat=lat, lon=DOOR_LON, speed_mps=speed_mps)


async def record_all(database: Database, redis: Redis) -> int:
    """Record until nothing is left."""
    stream = PingStream(redis, "one")
    recorder = RecordTrack(database, stream, system_clock)
    count = 0
    while await stream.length():
        count += await recorder.record_some()
    return count


async def test_each_crossing_is_written_once(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> None:
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url)
    await PingStream(redis_client, "one").prepare()
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(running_hub(settings))
        scene = await one.scene("scheduled")
        assert (await one.set_status(scene, "traveling")).status_code == 200
        other = await stack.enter_async_context(running_hub(settings))
        now = datetime.now(UTC)
        way = [(-50, 900.0, 12.0), (-40, 450.0, 12.0), (-30, 200.0, 9.0), (-20, 20.0, 1.0), (-10, 15.0, 0.0)]
        for number, (second, away_m, speed_mps) in enumerate(way):
            sent = fix(now + timedelta(seconds=second), away_m, speed_mps)
            for hub in (one, other) if number % 2 else (other, one):
                assert (await hub.ping(scene, sent)).status_code == 202
        away = [fix(now + timedelta(seconds=second), 150.0, 9.0) for second in (-5, -1)]
        assert (await other.ping(scene, *away)).json() == {"accepted": 2}

        with pytest.raises(Interrupted):
            await RecordTrack(one.database, EndingStream(redis_client, "one"), system_clock).record_some()
        assert await record_all(one.database, redis_client) >= len(way) + len(away)

        await _assert_all_once(one, scene, way=len(way) + len(away))


async def _assert_all_once(hub: RunningHub, scene: Scene, *, way: int) -> None:
    booking_id = scene.visit.booking_id
    async with hub.database.read() as tx:
        found = await crossings.of_booking(tx, booking_id)
        told = await tx.execute(
            select(event.c.data).where(event.c.kind == EVENT_KIND, event.c.booking_id == booking_id)
        )
        points = (await tx.execute(select(track_point.c.at))).all()
    assert [one.kind for one in found] == [CrossingKind.APPROACHING, CrossingKind.ARRIVED, CrossingKind.LEFT]
    assert [(later.at - found[0].at).total_seconds() for later in found] == [0, 20, 39]
    assert sorted(row.data["crossing"] for row in told) == ["approaching", "arrived", "left"]
    assert len(points) == way
