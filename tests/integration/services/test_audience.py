"""Count who looks at a technician's journey, over all web processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis

from hub.services.bundle import Services
from hub.settings import Settings
from hub.store.audience_counts import AudienceCounts
from hub.store.redis_client import connect_redis
from hub.wiring import running_services
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, Scene, hub_settings, next_of, running_hub
from tests.integration.stores import TestValkey


@pytest.fixture
async def settings(sqlite_template: Path, tmp_path: Path, own_valkey: TestValkey) -> Settings:
    """Describe web processes that share an empty Valkey, which the test may stop."""
    return hub_settings(copy_sqlite(sqlite_template, tmp_path), own_valkey.url)


@pytest.fixture
async def hub(settings: Settings) -> AsyncIterator[RunningHub]:
    """Run the process that is looked at."""
    async with running_hub(settings) as running:
        yield running


@pytest.fixture
async def elsewhere(settings: Settings) -> AsyncIterator[Services]:
    """Run the services of another web process."""
    async with running_services(settings) as services:
        yield services


async def counted(services: Services, scene: Scene, wanted: int) -> None:
    """Wait until a process counts so many."""
    async with asyncio.timeout(15):
        while await services.audience.of_resource(scene.visit.directory.resource_id) != wanted:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.05)


async def test_websockets_and_event_streams_of_another_process_are_counted(
    hub: RunningHub, elsewhere: Services
) -> None:
    scene = await hub.scene("traveling")
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await next_of(await stack.enter_async_context(hub.live(scene)), "snapshot")
        events = await stack.enter_async_context(hub.http.stream("GET", f"/v/{scene.link_token}/events"))
        lines = events.aiter_lines()  # a reader that is thrown away would close the stream
        await anext(lines)
        await counted(elsewhere, scene, 3)
    await counted(elsewhere, scene, 0)


async def test_a_visit_that_nobody_travels_to_has_no_audience(hub: RunningHub, elsewhere: Services) -> None:
    scene = await hub.scene("in_progress")
    async with hub.live(scene) as customer:
        await next_of(customer, "snapshot")
        await elsewhere.audience.share()
        assert await elsewhere.audience.of_resource(scene.visit.directory.resource_id) == 0
        assert await elsewhere.audience.of_resource("nobody") == 0


async def test_a_process_that_died_vanishes(hub: RunningHub, own_valkey: TestValkey, elsewhere: Services) -> None:
    scene = await hub.scene("traveling")
    visit_id = scene.visit.booking_id
    redis = connect_redis(own_valkey.url)
    await AudienceCounts(redis, "dead").write({visit_id: 7})
    await counted(elsewhere, scene, 7)
    await redis.delete("hub:{0}:audience:dead")  # what its expiry does, without waiting for it
    await elsewhere.audience.share()
    assert await elsewhere.audience.of_visit(visit_id) == 0
    assert await redis.smembers("hub:{0}:audience") == set()
    assert 0 < await _seconds_left(redis, visit_id) <= 10
    await redis.aclose()


async def test_while_the_store_is_away_own_watchers_are_counted_and_nothing_fails(
    hub: RunningHub, own_valkey: TestValkey, elsewhere: Services
) -> None:
    scene = await hub.scene("traveling")
    async with hub.live(scene) as customer:
        await next_of(customer, "snapshot")
        await counted(elsewhere, scene, 1)
        own_valkey.kill()
        assert await elsewhere.audience.of_visit(scene.visit.booking_id) == 0
        own_valkey.start()
        await counted(elsewhere, scene, 1)


async def _seconds_left(redis: Redis, visit_id: str) -> int:
    await AudienceCounts(redis, "other").write({visit_id: 1})
    return int(await redis.ttl("hub:{0}:audience:other"))
