"""The bell between those who write messages and the relay."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.store.outbox_bell import OutboxBell
from hub.store.redis_client import connect_redis
from tests.integration.stores import TestValkey


async def listening(redis: Redis) -> OutboxBell:
    """Give a bell that has looked once, as it does after each subscription."""
    bell = OutboxBell(redis)
    assert await bell.wait(1)
    return bell


async def test_a_ring_ends_the_wait(redis_client: Redis) -> None:
    bell = await listening(redis_client)
    waiting = asyncio.create_task(bell.wait(30))
    await asyncio.sleep(0.05)
    await OutboxBell(redis_client).ring()
    assert await asyncio.wait_for(waiting, 5)
    await bell.close()


async def test_without_a_ring_the_wait_ends_by_itself(redis_client: Redis) -> None:
    bell = await listening(redis_client)
    assert not await bell.wait(0.05)
    assert not await bell.wait(0.05)
    assert not await bell.wait(0.05)
    await bell.close()


async def test_rings_between_two_waits_are_heard_and_then_it_is_quiet(redis_client: Redis) -> None:
    bell = await listening(redis_client)
    for _ in range(3):
        await OutboxBell(redis_client).ring()
    heard = 0
    while await bell.wait(0.5):
        heard += 1
    assert 1 <= heard <= 3
    await bell.close()


async def test_a_lost_store_costs_only_time_and_comes_back(own_valkey: TestValkey) -> None:
    redis = connect_redis(own_valkey.url)
    bell = await listening(redis)
    own_valkey.kill()
    began_s = time.monotonic()
    assert not await bell.wait(0.2)
    assert time.monotonic() - began_s >= 0.15
    with pytest.raises(RedisError):
        await bell.ring()
    own_valkey.start()
    assert await bell.wait(5)  # it may have rung meanwhile
    await bell.ring()
    assert await bell.wait(5)
    await bell.close()
    await redis.aclose()


async def test_a_store_that_fell_silent_is_noticed(own_valkey: TestValkey) -> None:
    redis = connect_redis(own_valkey.url)
    bell = await listening(redis)
    own_valkey.freeze()
    assert not await bell.wait(0.05)
    assert not await bell.wait(0.05)
    own_valkey.thaw()
    assert await bell.wait(5)
    await bell.close()
    await redis.aclose()
