"""Read the ping stream of a real Valkey in a consumer group."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from hub.store.ping_store import PingStore
from hub.store.ping_stream import ENTRIES_PER_READ, Entry, PingStream
from tests.integration.groups import group
from tests.unit.domain.pings import ping


@pytest.fixture
def store(redis_client: Redis) -> PingStore:
    """Give a store to commit pings."""
    return PingStore(redis_client, history_s=60)


async def _commit(store: PingStore, *seconds: float) -> None:
    for second in seconds:
        assert await store.commit([group([ping(second)], resource_id=f"re_{second}")]) == [None]


def _seconds(entries: list[Entry]) -> list[float]:
    return [(kept.ping.at - ping().at).total_seconds() for entry in entries for kept in entry.pings]


async def test_what_was_committed_before_the_first_recorder_started_is_read(
    store: PingStore, redis_client: Redis
) -> None:
    await _commit(store, 1, 2)
    stream = PingStream(redis_client, "one")

    assert await stream.read() == []  # the group had to be made first
    assert _seconds(await stream.read()) == [1, 2]


async def test_what_is_done_is_removed(store: PingStore, redis_client: Redis) -> None:
    stream = PingStream(redis_client, "one", abandoned_ms=0)
    await stream.prepare()
    await _commit(store, 1, 2)

    await stream.done(await stream.read())

    assert await stream.length() == 0
    assert await PingStream(redis_client, "one").read() == []
    assert await PingStream(redis_client, "two", abandoned_ms=0).read() == []


async def test_nothing_done_is_nothing(redis_client: Redis) -> None:
    await PingStream(redis_client, "one").done([])


async def test_after_a_restart_own_unfinished_entries_come_first(store: PingStore, redis_client: Redis) -> None:
    await _commit(store, 1, 2)
    before = PingStream(redis_client, "one")
    await before.prepare()
    assert _seconds(await before.read()) == [1, 2]
    await _commit(store, 3)

    after = PingStream(redis_client, "one")

    assert _seconds(await after.read()) == [1, 2]
    assert _seconds(await after.read()) == [3]


async def test_after_a_failure_own_unfinished_entries_come_first(store: PingStore, redis_client: Redis) -> None:
    await _commit(store, 1)
    stream = PingStream(redis_client, "one")
    await stream.prepare()
    assert _seconds(await stream.read()) == [1]  # as if the answer were lost, or the database away
    await _commit(store, 2)

    stream.start_over()

    assert _seconds(await stream.read()) == [1]
    assert _seconds(await stream.read()) == [2]


async def test_more_unfinished_entries_than_one_read_holds_all_come(store: PingStore, redis_client: Redis) -> None:
    seconds = [float(number) for number in range(ENTRIES_PER_READ + 5)]
    before = PingStream(redis_client, "one")
    await before.prepare()
    await _commit(store, *seconds)
    for _ in range(2):
        await before.read()

    after = PingStream(redis_client, "one")

    assert _seconds(await after.read()) + _seconds(await after.read()) == seconds


async def test_what_another_recorder_abandoned_is_taken_over(store: PingStore, redis_client: Redis) -> None:
    crashed = PingStream(redis_client, "crashed")
    await crashed.prepare()
    await _commit(store, 1)
    await crashed.read()
    await _commit(store, 2)

    patient, eager = PingStream(redis_client, "patient"), PingStream(redis_client, "eager", abandoned_ms=0)

    assert _seconds(await patient.read()) == [2]
    assert 1 in _seconds(await eager.read())


async def test_two_recorders_share_the_stream(store: PingStore, redis_client: Redis) -> None:
    one, two = PingStream(redis_client, "one"), PingStream(redis_client, "two")
    await one.prepare()
    await two.prepare()
    await _commit(store, 1)
    first = await one.read()
    await _commit(store, 2)

    assert (_seconds(first), _seconds(await two.read())) == ([1], [2])


async def test_a_store_that_came_back_empty_is_healed(store: PingStore, redis_client: Redis) -> None:
    stream = PingStream(redis_client, "one")
    await stream.prepare()
    await redis_client.flushall()
    await _commit(store, 1)

    assert _seconds([*await stream.read(), *await stream.read()]) == [1]
