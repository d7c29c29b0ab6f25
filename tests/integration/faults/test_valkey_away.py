"""Valkey gone, frozen or refusing: nothing is acknowledged, pages open, /readyz is red, everything heals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis
from websockets.exceptions import ConnectionClosed

from hub.store.live_channel import CHANNEL
from hub.store.ping_stream import PingStream
from hub.store.redis_client import connect_redis, key
from hub.web.devices import device_line
from tests.integration.faults.conftest import checks, until_green
from tests.integration.hub import RunningHub, Scene, next_of, ping_at
from tests.integration.stores import TestValkey


@pytest.fixture
async def redis(own_valkey: TestValkey) -> AsyncIterator[Redis]:
    """Connect to the test's own Valkey."""
    client = connect_redis(own_valkey.url)
    yield client
    await client.aclose()


async def under_way(hub: RunningHub) -> Scene:
    """Build a visit under way with a first position."""
    scene = await hub.scene()
    await asyncio.sleep(2.1)  # until the new visit is known to be under way
    assert (await hub.ping(scene, ping_at())).status_code == 202
    return scene


async def test_without_valkey_pages_open_with_the_last_known_facts_and_readyz_is_red(
    fragile_hub: RunningHub, own_valkey: TestValkey
) -> None:
    scene = await under_way(fragile_hub)
    own_valkey.kill()
    seen = await fragile_hub.http.get(f"/v/{scene.link_token}/snapshot")
    assert seen.status_code == 200
    assert seen.json()["visit"]["status"] == "traveling"
    assert seen.json()["position"]["lat"] == 60.17
    assert (await fragile_hub.http.get(f"/v/{scene.link_token}")).status_code == 200
    assert (await fragile_hub.http.get("/healthz")).status_code == 200
    found = await checks(fragile_hub)
    assert found["database"] == "ok"
    assert found["store"] != "ok"
    assert found["listener"] != "ok"
    own_valkey.start()
    await until_green(fragile_hub)


async def test_without_valkey_a_request_with_pings_is_refused_and_may_be_sent_again(
    fragile_hub: RunningHub, own_valkey: TestValkey
) -> None:
    scene = await under_way(fragile_hub)
    ping = ping_at(lat=60.1701)
    own_valkey.kill()
    refused = await fragile_hub.ping(scene, ping)
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"]
    own_valkey.start()
    assert (await fragile_hub.ping(scene, ping)).json() == {"accepted": 1}
    assert (await fragile_hub.ping(scene, ping)).json()["others"][0]["verdict"] == "duplicate"


async def test_a_device_socket_gets_its_answer_when_valkey_is_back(
    fragile_hub: RunningHub, own_valkey: TestValkey
) -> None:
    scene = await under_way(fragile_hub)
    async with fragile_hub.device_socket(scene) as device:
        own_valkey.kill()
        await device.send(json.dumps(ping_at(lat=60.1701)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await device.recv()
        own_valkey.start()
        async with asyncio.timeout(5):
            assert await device.recv() == '{"ack":1,"accepted":1}'


async def test_a_device_socket_is_closed_with_1013_when_valkey_stays_away(
    fragile_hub: RunningHub, own_valkey: TestValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_line, "STORE_TIMEOUT_S", 0.5)
    scene = await under_way(fragile_hub)
    async with fragile_hub.device_socket(scene) as device:
        own_valkey.kill()
        await device.send(json.dumps(ping_at(lat=60.1701)))
        await device.send(json.dumps(ping_at(lat=60.1702)))
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(5):
                await device.recv()
        assert device.close_code == 1013
    own_valkey.start()


async def test_watchers_get_a_fresh_snapshot_and_new_positions_when_valkey_is_back(
    fragile_hub: RunningHub, own_valkey: TestValkey
) -> None:
    scene = await under_way(fragile_hub)
    async with fragile_hub.live(scene) as live:
        first = await next_of(live, "snapshot")
        own_valkey.kill()
        async with fragile_hub.live(scene) as newcomer:
            seen = await next_of(newcomer, "snapshot")
            assert seen["position"] == first["position"]
            assert seen["seq"] >= first["seq"]
        await asyncio.sleep(0.5)
        own_valkey.start()
        again = await next_of(live, "snapshot", timeout_s=5)
        assert again["seq"] > first["seq"]
        assert again["position"] == first["position"]
        assert (await fragile_hub.ping(scene, ping_at(lat=60.1702))).status_code == 202
        told = await next_of(live, "position", timeout_s=5)
        assert told["position"]["lat"] == 60.1702
        assert told["seq"] > again["seq"]


async def test_numbers_do_not_fall_while_valkey_is_away(fragile_hub: RunningHub, own_valkey: TestValkey) -> None:
    scene = await under_way(fragile_hub)
    path = f"/v/{scene.link_token}/snapshot"
    numbers = [(await fragile_hub.http.get(path)).json()["seq"]]
    own_valkey.kill()
    numbers.append((await fragile_hub.http.get(path)).json()["seq"])
    own_valkey.start()
    await until_green(fragile_hub)
    numbers.append((await fragile_hub.http.get(path)).json()["seq"])
    assert numbers == sorted(set(numbers))


@asynccontextmanager
async def frozen(valkey: TestValkey, redis: Redis) -> AsyncIterator[None]:
    """Have Valkey answer nothing."""
    valkey.freeze()
    yield
    valkey.thaw()


@asynccontextmanager
async def out_of_memory(valkey: TestValkey, redis: Redis) -> AsyncIterator[None]:
    """Have Valkey answer -OOM."""
    await redis.config_set("maxmemory", 1)
    yield
    await redis.config_set("maxmemory", 0)


@asynccontextmanager
async def read_only(valkey: TestValkey, redis: Redis) -> AsyncIterator[None]:
    """Have Valkey answer -READONLY, as a replica without its primary does."""
    await redis.replicaof("127.0.0.1", "1")
    yield
    await redis.replicaof("NO", "ONE")


@asynccontextmanager
async def busy(valkey: TestValkey, redis: Redis) -> AsyncIterator[None]:
    """Have Valkey answer -BUSY."""
    await redis.config_set("busy-reply-threshold", 50)
    script: asyncio.Task[Any] = asyncio.create_task(redis.eval("while true do end", 0))  # type: ignore[arg-type]
    await asyncio.sleep(0.3)
    yield
    other = connect_redis(valkey.url)
    await other.script_kill()
    await other.aclose()
    await asyncio.gather(script, return_exceptions=True)


@pytest.mark.parametrize("broken", [frozen, out_of_memory, read_only, busy])
async def test_a_valkey_that_refuses_acknowledges_nothing_and_heals(
    fragile_hub: RunningHub,
    own_valkey: TestValkey,
    redis: Redis,
    broken: Callable[[TestValkey, Redis], AbstractAsyncContextManager[None]],
) -> None:
    scene = await under_way(fragile_hub)
    ping = ping_at(lat=60.1701)
    async with broken(own_valkey, redis):
        assert (await fragile_hub.ping(scene, ping)).status_code == 503
        assert (await fragile_hub.http.get(f"/v/{scene.link_token}/snapshot")).status_code == 200
        assert (await fragile_hub.http.get("/readyz")).status_code == 503
    await until_green(fragile_hub)
    again = (await fragile_hub.ping(scene, ping)).json()
    verdict = again["others"][0]["verdict"] if again["accepted"] == 0 else "accepted"
    # A frozen store may have got the first try and done it when it went on; the device was told nothing.
    assert verdict in (("accepted", "duplicate") if broken is frozen else ("accepted",))
    assert await PingStream(redis, "test").length() == 2


async def test_foreign_messages_on_the_channel_do_not_end_the_listening(fragile_hub: RunningHub, redis: Redis) -> None:
    scene = await under_way(fragile_hub)
    for foreign in (b"", b"\xc1", b"[]", b"\x91\x94\xa2bk\x01\xa8position\xa3{x}"):
        await redis.publish(CHANNEL, foreign)
    async with fragile_hub.live(scene) as live:
        await next_of(live, "snapshot")
        await redis.publish(CHANNEL, b"\xc1")
        await fragile_hub.ping(scene, ping_at(lat=60.1701))
        assert (await next_of(live, "position"))["position"]["lat"] == 60.1701
    assert set((await checks(fragile_hub)).values()) == {"ok"}


async def test_a_spoiled_state_of_one_technician_harms_no_other(fragile_hub: RunningHub, redis: Redis) -> None:
    scene, other = await under_way(fragile_hub), await fragile_hub.scene()
    await redis.hset(key("states"), scene.visit.directory.resource_id, "spoiled")
    await redis.hset(key("versions"), scene.visit.directory.resource_id, "foreign")
    answers = await asyncio.gather(
        fragile_hub.ping(scene, ping_at(lat=60.1701)), fragile_hub.ping(other, ping_at(lat=60.1701))
    )
    assert [answer.status_code for answer in answers] == [503, 202]
    assert (await fragile_hub.ping(other, ping_at(lat=60.1702))).status_code == 202
