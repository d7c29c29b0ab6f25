"""What the tests of devices' protocols look at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest
from redis.asyncio import Redis

from hub.domain.ping import Ping
from hub.store import devices
from hub.store.devices import DeviceRow
from hub.store.ping_store import KeptPing
from hub.store.ping_stream import PingStream
from tests.builders import NOW
from tests.integration.hub import RunningHub

HEARD_S = 20.0
"""What devices tell of themselves is written every few seconds."""
Kept = Callable[[], Awaitable[list[KeptPing]]]


@pytest.fixture
def kept(redis_client: Redis) -> Kept:
    """Read the pings that were kept since the last time."""
    stream = PingStream(redis_client, "test")

    async def read() -> list[KeptPing]:
        await stream.prepare()
        return [ping for entry in await stream.read() for ping in entry.pings]

    return read


async def only_kept(kept: Kept) -> Ping:
    """Take the only ping that was kept."""
    [found] = await kept()
    return found.ping


async def malformed(hub: RunningHub) -> float:
    """Count the malformed pings so far."""
    told = (await hub.http.get("/metrics")).text
    found = re.search(r'^hub_pings_total{reasons="malformed",verdict="rejected"} (\S+)$', told, re.MULTILINE)
    return float(found[1]) if found else 0.0


async def until_heard(hub: RunningHub, device_id: str, known: Callable[[DeviceRow], bool]) -> DeviceRow:
    """Wait until what a device told of itself is written."""
    async with asyncio.timeout(HEARD_S):
        while True:
            async with hub.database.read() as tx:
                [row] = [row for row in await devices.active(tx, NOW) if row.id == device_id]
            if known(row):
                return row
            await asyncio.sleep(0.1)
