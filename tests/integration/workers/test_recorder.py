"""The recorder's loop, on real stores."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hub.services.record_track import RecordTrack
from hub.store.database import opened
from hub.store.ping_store import PingStore
from hub.store.ping_stream import PingStream
from hub.store.redis_client import connect_redis
from tests.databases import copy_sqlite
from tests.fakes import FakeClock
from tests.integration.groups import group
from tests.integration.stores import TestValkey
from tests.unit.domain.pings import ping
from workers import recorder


async def test_a_store_that_is_away_is_waited_for(
    sqlite_template: Path, tmp_path: Path, own_valkey: TestValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "PAUSE_S", 0.05)
    redis, stopped = connect_redis(own_valkey.url), asyncio.Event()
    stream = PingStream(redis, "one")
    async with opened(copy_sqlite(sqlite_template, tmp_path)) as database:
        own_valkey.kill()
        recording = asyncio.create_task(recorder.record(RecordTrack(database, stream, FakeClock()), stopped))
        await asyncio.sleep(0.2)
        assert not recording.done()

        own_valkey.start()
        await PingStore(redis, 60).commit([group([ping(1), ping(2)])])
        async with asyncio.timeout(5):
            while await stream.length():  # noqa: ASYNC110 - the stream tells nobody when it is empty
                await asyncio.sleep(0.02)

        stopped.set()
        await asyncio.wait_for(recording, 5)
        async with database.read() as tx:
            assert (await tx.exec_driver_sql("SELECT count(*) FROM track_point")).scalar() == 2
    await redis.aclose()
