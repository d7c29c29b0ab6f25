"""Tell and hear through a real Valkey."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.store.live_channel import Interrupted, LiveChannel, Told
from hub.store.ping_store import PingStore
from hub.store.redis_client import connect_redis
from tests.integration.groups import group
from tests.integration.stores import TestValkey
from tests.unit.domain.pings import ping

Heard = asyncio.Queue[list[Told] | Interrupted]
Listen = Callable[[LiveChannel], Heard]


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Listen to channels until the test ends."""
    tasks: list[asyncio.Task[None]] = []

    def start(channel: LiveChannel) -> Heard:
        heard: Heard = asyncio.Queue()

        async def run() -> None:
            async for one in channel.listen():
                heard.put_nowait(one)

        tasks.append(asyncio.create_task(run()))
        return heard

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _next(heard: Heard, timeout_s: float = 5.0) -> list[Told] | Interrupted:
    return await asyncio.wait_for(heard.get(), timeout_s)


async def test_what_one_tells_all_hear(redis_client: Redis, listen: Listen) -> None:
    channel = LiveChannel(redis_client)
    ears = [listen(LiveChannel(redis_client)) for _ in range(2)]
    for heard in ears:
        assert await _next(heard) == Interrupted()

    await channel.tell("bk_1", "route", b'{"route":null}')

    first, second = [await _next(heard) for heard in ears]
    assert first == second
    assert isinstance(first, list)
    [told] = first
    assert (told.visit_id, told.kind, told.body) == ("bk_1", "route", '{"route":null}')


async def test_numbers_rise_over_all_ways_to_take_one(redis_client: Redis, listen: Listen) -> None:
    channel, store = LiveChannel(redis_client), PingStore(redis_client, history_s=60)
    heard = listen(channel)
    await _next(heard)
    seqs, version = [await channel.own_seq("bk_1", after=0)], ""
    for number in range(5):
        await channel.tell("bk_1", "changed")
        await store.commit([group([ping(number)], before=version, after=f"v{number}", visits=["bk_1"])])
        version = f"v{number}"
        for _ in range(2):
            told = await _next(heard)
            assert isinstance(told, list)
            seqs += [one.seq for one in told]
        seqs.append(await channel.own_seq("bk_1", after=0))

    assert seqs == sorted(set(seqs))


async def test_numbers_are_at_least_the_milliseconds_of_the_clock(redis_client: Redis) -> None:
    before_ms = int(time.time() * 1_000)

    seq = await LiveChannel(redis_client).own_seq("bk_1", after=0)

    assert before_ms <= seq <= before_ms + 5_000


async def test_numbers_rise_even_where_the_store_comes_back_empty(redis_client: Redis) -> None:
    channel = LiveChannel(redis_client)
    before = [await channel.own_seq("bk_1", after=0) for _ in range(5)]
    await asyncio.sleep(0.01)
    await redis_client.flushall()

    assert await channel.own_seq("bk_1", after=0) > max(before)


async def test_while_the_store_is_away_numbers_still_rise(own_valkey: TestValkey) -> None:
    redis = connect_redis(own_valkey.url)
    channel = LiveChannel(redis)
    before = await channel.own_seq("bk_1", after=0)
    own_valkey.kill()

    away = await channel.own_seq("bk_1", after=before)
    assert away > before
    assert await channel.own_seq("bk_1", after=away) > away
    with pytest.raises((RedisError, OSError)):
        await channel.tell("bk_1", "changed")
    await redis.aclose()


async def test_after_a_restart_listening_goes_on_and_says_that_it_was_interrupted(
    own_valkey: TestValkey, listen: Listen
) -> None:
    redis = connect_redis(own_valkey.url)
    channel = LiveChannel(redis)
    heard = listen(channel)
    assert await _next(heard) == Interrupted()
    listening = [channel.listening]

    own_valkey.kill()
    await asyncio.sleep(0.3)
    listening.append(channel.listening)
    own_valkey.start()

    assert await _next(heard) == Interrupted()
    assert [*listening, channel.listening] == [True, False, True]
    await channel.tell("bk_1", "changed")
    told = await _next(heard)
    assert isinstance(told, list)
    assert told[0].kind == "changed"
    await redis.aclose()


async def test_silence_is_no_interruption(redis_client: Redis, listen: Listen) -> None:
    channel = LiveChannel(redis_client)
    heard = listen(channel)
    await _next(heard)

    await asyncio.sleep(2.5)  # longer than one command may take

    assert heard.empty()
    assert channel.listening
