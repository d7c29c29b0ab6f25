"""Publish positions for those who watch, in whichever process, and for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from hub import wiring
from hub.services import interest, watch_visit
from hub.store.live_channel import CHANNEL, Told, read_messages
from hub.store.redis_client import connect_redis
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, Scene, hub_settings, next_of, ping_at, running_hub
from tests.integration.stores import TestValkey

QUIET_S = 0.3


@pytest.fixture
async def two(
    sqlite_template: Path, tmp_path: Path, own_valkey: TestValkey, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[RunningHub, RunningHub]]:
    """Run two web processes on the same stores, which soon forget who has left."""
    monkeypatch.setattr(watch_visit, "EMPTY_FOR_S", 0.1)
    monkeypatch.setattr(interest, "LEARNED_WITHIN_S", 0.5)
    monkeypatch.setattr(wiring, "WRITE_EVERY_S", 0.1)
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), own_valkey.url, updates_per_s=0.0)
    async with running_hub(settings) as one, running_hub(settings) as other:
        yield one, other


@pytest.fixture
async def redis(own_valkey: TestValkey) -> AsyncIterator[Redis]:
    """Listen to what the processes tell each other."""
    client = connect_redis(own_valkey.url)
    yield client
    await client.aclose()


async def _sent(hub: RunningHub, scene: Scene, redis: Redis) -> list[Told]:
    """Send a ping; answer the positions that are published upon it."""
    async with redis.pubsub(ignore_subscribe_messages=True) as subscription:
        await subscription.subscribe(CHANNEL)
        await subscription.get_message(timeout=1)
        answer = await hub.ping(scene, ping_at())
        assert answer.json()["accepted"] == 1
        told: list[Told] = []
        while message := await subscription.get_message(timeout=QUIET_S):
            told += read_messages(message["data"])
    return [one for one in told if one.kind == "position"]


async def test_positions_are_published_while_somebody_watches_wherever_and_then_no_more(
    two: tuple[RunningHub, RunningHub], redis: Redis
) -> None:
    sending, showing = two
    scene = await sending.scene("traveling")

    for _ in range(2):
        async with showing.live(scene) as customer, asyncio.timeout(10):
            await next_of(customer, "snapshot")
            assert (await sending.until_shown(scene, customer))["position"]["lat"] == 60.17

        async with asyncio.timeout(10):
            while await _sent(sending, scene, redis):
                pass
