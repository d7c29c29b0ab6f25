"""Move kept pings from a real stream into real databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from hub.services.record_track import RecordTrack
from hub.store.database import Database
from hub.store.ping_store import PingStore
from hub.store.ping_stream import Entry, PingStream
from hub.store.track_history import CHUNK_ROWS, TrackPoint, track
from tests.builders import NOW
from tests.fakes import FakeClock
from tests.integration.groups import group
from tests.unit.domain.pings import ping


class Interrupted(Exception):
    """The recorder was ended."""


class EndingStream(PingStream):
    """Ends the recorder after the history was written, before the stream knows of it."""

    async def done(self, entries: list[Entry]) -> None:
        """End here."""
        raise Interrupted


async def _commit(redis: Redis, *seconds: float, version: str = "") -> None:
    pings = [ping(second) for second in seconds]
    assert await PingStore(redis, 60).commit([group(pings, before=version, after=f"v{seconds}")]) == [None]


async def _history(db: Database) -> list[TrackPoint]:
    async with db.read() as tx:
        return (await track(tx, "re_1", from_=NOW, to=NOW + timedelta(hours=1))).items


async def test_kept_pings_go_into_the_history_and_leave_the_stream(db: Database, redis_client: Redis) -> None:
    stream = PingStream(redis_client, "one")
    await stream.prepare()
    await _commit(redis_client, 1, 2)

    assert await RecordTrack(db, stream, FakeClock()).record_some() == 2

    points = await _history(db)
    assert [(point.at, point.lat, point.verdict) for point in points] == [
        (ping(second).at, ping(second).lat, "accepted") for second in (1, 2)
    ]
    assert {(point.device_id, point.accuracy_m, point.received_at) for point in points} == {("de_1", 5.0, NOW)}
    assert await stream.length() == 0


async def test_a_recorder_that_ends_between_history_and_stream_replays_harmlessly(
    db: Database, redis_client: Redis
) -> None:
    ending = EndingStream(redis_client, "one")
    await ending.prepare()
    await _commit(redis_client, 1, 2)
    with pytest.raises(Interrupted):
        await RecordTrack(db, ending, FakeClock()).record_some()
    await _commit(redis_client, 3, version="v(1, 2)")

    again = RecordTrack(db, stream := PingStream(redis_client, "one"), FakeClock())

    assert [await again.record_some(), await again.record_some()] == [2, 1]
    assert [(point.at - NOW).total_seconds() for point in await _history(db)] == [1, 2, 3]
    assert await stream.length() == 0


async def test_more_than_one_chunk_is_kept_whole(db: Database, redis_client: Redis) -> None:
    stream = PingStream(redis_client, "one")
    await stream.prepare()
    seconds = [number / 10 for number in range(CHUNK_ROWS - 10)]
    await _commit(redis_client, *seconds)
    await PingStore(redis_client, 60).commit([group([ping(s) for s in seconds], resource_id="re_2", device_id="de_2")])

    assert await RecordTrack(db, stream, FakeClock()).record_some() == 2 * len(seconds)

    assert len(await _history(db)) == len(seconds)
