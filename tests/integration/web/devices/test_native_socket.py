"""`WS /api/v1/pings`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from hub.services.issue_devices import revoke_device
from tests.integration.hub import RunningHub, ping_at


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
