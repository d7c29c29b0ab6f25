"""`WS /api/v1/pings`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from hub.services.issue_devices import revoke_device
from hub.store.ping_store import PingStore
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, ping_at, running_hub
from tests.integration.stores import TestValkey

RATE_PER_S = 5.0


@pytest.fixture
async def hub_with_a_rate(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[RunningHub]:
    """Run a hub whose devices may send one ping at once, and few a second."""
    url = copy_sqlite(sqlite_template, tmp_path)
    settings = hub_settings(url, session_valkey.url, device_rate=RATE_PER_S, device_burst=1)
    async with running_hub(settings) as running:
        yield running


async def _ask(socket: ClientConnection, frame: Any) -> Any:
    await socket.send(frame if isinstance(frame, str) else msgspec.json.encode(frame).decode())
    return msgspec.json.decode(await socket.recv())


async def test_each_frame_is_answered_in_order(hub: RunningHub) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    async with hub.device_socket(scene) as socket:
        assert await _ask(socket, ping_at(now - timedelta(seconds=3))) == {"ack": 1, "accepted": 1}
        pings = [ping_at(now - timedelta(seconds=2)), ping_at(now - timedelta(seconds=9))]
        late = [{"index": 1, "verdict": "late", "reasons": []}]
        assert await _ask(socket, pings) == {"ack": 2, "accepted": 1, "others": late}
        assert await _ask(socket, []) == {"ack": 3, "accepted": 0}


@pytest.mark.parametrize("frame", ["{", "7", "null", '{"lat": 1}', "[" * 50_000, "NaN", '"\\ud800"'])
async def test_what_is_no_ping_is_answered_as_malformed(hub: RunningHub, frame: str) -> None:
    scene = await hub.scene()
    malformed = [{"index": 0, "verdict": "rejected", "reasons": ["malformed"]}]
    async with hub.device_socket(scene) as socket:
        assert await _ask(socket, frame) == {"ack": 1, "accepted": 0, "others": malformed}


async def test_the_token_may_come_as_a_subprotocol(hub: RunningHub) -> None:
    scene = await hub.scene()
    offered = [Subprotocol("enroute.v1"), Subprotocol(f"bearer.{scene.device_token}")]
    async with hub.socket("/api/v1/pings", subprotocols=offered) as socket:
        assert socket.subprotocol == "enroute.v1"
        assert (await _ask(socket, ping_at()))["accepted"] == 1


async def test_an_unknown_token_is_closed_with_4401(hub: RunningHub) -> None:
    async with hub.socket("/api/v1/pings", additional_headers={"Authorization": "Bearer nobody"}) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4401


async def test_a_frame_over_a_mebibyte_is_closed_with_1009(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with hub.device_socket(scene) as socket:
        await socket.send(" " * (1024 * 1024 + 1))
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1009


async def test_frames_sent_without_waiting_are_answered_in_order(hub: RunningHub) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    async with hub.device_socket(scene) as socket:
        for number in range(200):
            frame = [] if number % 7 == 0 else [ping_at(now - timedelta(seconds=200 - number))] * (number % 3 + 1)
            await socket.send(msgspec.json.encode(frame).decode())
        answers = [msgspec.json.decode(await socket.recv()) for _ in range(200)]
    assert [answer["ack"] for answer in answers] == list(range(1, 201))
    assert [answer["accepted"] for answer in answers] == [0 if number % 7 == 0 else 1 for number in range(200)]


async def test_what_a_device_sent_before_it_left_is_kept(hub: RunningHub, redis_client: Redis) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    sent_last_at = now - timedelta(seconds=1)
    async with hub.device_socket(scene) as socket:
        for number in range(20):
            await socket.send(msgspec.json.encode(ping_at(now - timedelta(seconds=20 - number))).decode())
    store, resource_id = PingStore(redis_client, history_s=60), scene.visit.directory.resource_id
    async with asyncio.timeout(5):
        while (newest := await store.newest(resource_id)) is None or newest.at != sent_last_at:  # noqa: ASYNC110 - it happens in the hub
            await asyncio.sleep(0.01)


async def test_a_text_that_is_no_utf_8_is_closed_with_1007(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with hub.device_socket(scene) as socket:
        await _ask(socket, ping_at())
        await socket.send(b'{"lat": "\xff"}', text=True)
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1007


async def test_a_device_over_its_rate_gets_its_answers_later(hub_with_a_rate: RunningHub) -> None:
    hub = hub_with_a_rate
    scene, now = await hub.scene(), datetime.now(UTC)
    loop = asyncio.get_running_loop()
    async with hub.device_socket(scene) as socket:
        began_s = loop.time()
        for number in range(5):
            assert (await _ask(socket, ping_at(now - timedelta(seconds=9 - number))))["accepted"] == 1
    assert loop.time() - began_s >= 4 / RATE_PER_S - 0.05


async def test_a_request_over_the_rate_is_told_when_to_come_again(hub_with_a_rate: RunningHub) -> None:
    hub = hub_with_a_rate
    scene, now = await hub.scene(), datetime.now(UTC)
    assert (await hub.ping(scene, *[ping_at(now - timedelta(seconds=9 - n)) for n in range(9)])).status_code == 202
    refused = await hub.ping(scene, ping_at(now))
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 3


async def test_a_revoked_device_is_thrown_out_within_5_s(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with hub.device_socket(scene) as socket:
        await _ask(socket, ping_at())
        await revoke_device(hub.database, scene.device_id, now=datetime.now(UTC), portal_id=None)
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(5):
                await socket.recv()
        assert socket.close_code == 4401
    await asyncio.sleep(2.1)
    assert (await hub.ping(scene, ping_at())).status_code == 401
