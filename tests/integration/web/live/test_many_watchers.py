"""Watchers who stop reading cost little and delay nobody: 50 frozen among 950 who read."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from redis.asyncio import Redis

from hub import wiring
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, Scene, hub_settings, ping_at, running_hub
from tests.integration.stores import TestValkey

READING, FROZEN = 950, 50
POSITIONS = 200
SMALL = 4_096
"""Bytes that a frozen watcher's machine takes for them."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give those a second who are given a minute otherwise."""
    monkeypatch.setattr(wiring, "HEARTBEAT_EVERY_S", 0.2)


@pytest.fixture
async def hub(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[RunningHub]:
    """Run a hub whose watchers get every position."""
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, updates_per_s=0.0)
    async with running_hub(settings) as running:
        yield running


class Customer(asyncio.Protocol):
    """A watcher on a bare socket, since a thousand of them share this process with the hub."""

    def __init__(self) -> None:
        self.received = b""
        self.opened = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the hub has closed the connection."""
        self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Keep what comes."""
        self.received += data
        if not self.opened.done() and b'"snapshot"' in self.received:
            self.opened.set_result(None)

    def positions(self) -> int:
        """Count the positions that came."""
        return self.received.count(b'"type":"position"')

    def has(self, moment: str) -> bool:
        """Tell whether the position of a moment came."""
        return moment.encode() in self.received


async def _watch(hub: RunningHub, scene: Scene, *, small: bool = False, stream: bool = False) -> Customer:
    host, port = hub.base_url.removeprefix("http://").split(":")
    raw = socket.socket()
    raw.setblocking(False)
    if small:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, (host, int(port)))
    transport, customer = await loop.create_connection(Customer, sock=raw)
    if stream:
        transport.write(f"GET /v/{scene.link_token}/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        await customer.opened
        return customer
    key = base64.b64encode(b"0123456789abcdef").decode()
    transport.write(
        f"GET /v/{scene.link_token}/live HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await customer.opened
    return customer


async def test_50_who_read_nothing_delay_none_of_950(hub: RunningHub) -> None:
    scene = await hub.scene("traveling")
    async with hub.live(scene) as first:
        await hub.until_shown(scene, first)
    reading = [await _watch(hub, scene) for _ in range(READING)]
    frozen = [await _watch(hub, scene, small=True) for _ in range(FROZEN)]
    for customer in frozen:
        assert customer.transport is not None
        customer.transport.pause_reading()

    begin = datetime.now(UTC)
    moments = [begin + timedelta(milliseconds=number) for number in range(POSITIONS)]
    for moment in moments:
        assert (await hub.ping(scene, ping_at(moment, accuracy_m=8))).json()["accepted"] == 1
    newest = msgspec.json.encode(moments[-1]).decode().strip('"')
    async with asyncio.timeout(20):
        while not all(customer.has(newest) for customer in reading):  # noqa: ASYNC110 - they read beside
            await asyncio.sleep(0.05)

    assert not any(customer.has(newest) for customer in frozen)
    for customer in frozen:
        assert customer.transport is not None
        customer.transport.resume_reading()
    async with asyncio.timeout(20):
        while not all(customer.has(newest) for customer in frozen):  # noqa: ASYNC110 - they read beside
            await asyncio.sleep(0.05)
    assert max(customer.positions() for customer in frozen) < POSITIONS / 2  # the rest was never kept for them
    for customer in reading + frozen:
        assert customer.transport is not None
        customer.transport.close()


@pytest.mark.parametrize("stream", [False, True], ids=["socket", "events"])
async def test_who_reads_nothing_for_three_heartbeats_is_closed(
    impatient: None, hub: RunningHub, *, stream: bool
) -> None:
    scene = await hub.scene("traveling")
    async with hub.live(scene) as first:
        await hub.until_shown(scene, first)
    reading = await _watch(hub, scene, stream=stream)
    frozen = await _watch(hub, scene, small=True, stream=stream)
    assert frozen.transport is not None
    frozen.transport.pause_reading()
    begin = datetime.now(UTC)
    for number in range(POSITIONS):
        await hub.ping(scene, ping_at(begin + timedelta(milliseconds=number), accuracy_m=8))

    async with asyncio.timeout(10):
        while "hub_watchers 1.0" not in (await hub.http.get("/metrics")).text:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)
    assert not reading.closed.done()
    frozen.transport.resume_reading()
    async with asyncio.timeout(5):
        await frozen.closed
    assert reading.transport is not None
    reading.transport.close()
