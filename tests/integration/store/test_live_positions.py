"""Read many live positions from a real Valkey at once."""

from __future__ import annotations

from redis.asyncio import Redis

from hub.store.live_positions import LivePositions
from hub.store.ping_store import PingStore
from hub.store.redis_client import connect_redis
from tests.integration.groups import group
from tests.integration.stores import TestValkey
from tests.unit.domain.pings import ping


async def test_those_who_have_a_position_are_read_at_once(redis_client: Redis) -> None:
    store = PingStore(redis_client, history_s=60)
    await store.commit([group([ping(1), ping(2)]), group([ping(3)], resource_id="re_2", device_id="de_2")])

    found = await LivePositions(redis_client).of(["re_1", "re_2", "re_never"])

    assert found == {"re_1": ping(2), "re_2": ping(3)}
    assert await LivePositions(redis_client).of([]) == {}


async def test_without_the_store_nobody_can_tell(own_valkey: TestValkey) -> None:
    redis = connect_redis(own_valkey.url)
    own_valkey.kill()

    assert await LivePositions(redis).of(["re_1"]) is None
    await redis.aclose()
