"""Under load each process is killed in turn: nothing acknowledged is lost, and nothing goes backwards."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from hub.store.ping_stream import PingStream
from hub.store.redis_client import connect_redis
from tests.chaos.traffic import Traffic
from tests.integration.commands.launched import Launched, tell
from tests.integration.commands.scenes import scenes_of

VISITS = 20
ROUNDS = 2 if os.environ.get("CHAOS") == "short" else 20
SETTLE_S = 1.0
WELL_S, AT_MOST_S = 5.0, 30.0
"""Everybody should be back so soon, and must be."""


@pytest.mark.timeout(60 + ROUNDS * 120)
async def test_kill_one_process_at_a_time(hub_run: Launched) -> None:
    scenes = await scenes_of(hub_run.database(), VISITS)
    await asyncio.sleep(2.5)  # until the new visits are known to be under way
    async with Traffic(hub_run.base_url, scenes) as traffic:
        await traffic.flows_again(AT_MOST_S)
        for number in range(1, ROUNDS + 1):
            for name in ("hub web", "hub recorder", "valkey"):
                await asyncio.to_thread(hub_run.kill_child, name)
                back_s = await traffic.flows_again(AT_MOST_S)
                slow = ", slower than it should be" if back_s > WELL_S else ""
                tell(f"round {number}: {name} killed, all devices and watchers served after {back_s:.1f} s{slow}")
                await asyncio.sleep(SETTLE_S)
    assert [fault for watcher in traffic.watchers for fault in watcher.faults] == []
    await until_recorded(hub_run)
    assert await missing_or_doubled(hub_run, traffic) == []
    tell(f"{sum(len(device.kept) for device in traffic.devices)} acknowledged pings, each kept once")


async def until_recorded(hub: Launched) -> None:
    """Wait until the recorder has taken everything from the stream."""
    redis = connect_redis(hub.run_file.redis_url)
    stream = PingStream(redis, "chaos")
    try:
        async with asyncio.timeout(AT_MOST_S + 30):
            while await stream.length():  # noqa: ASYNC110 - another process empties it
                await asyncio.sleep(0.2)
    finally:
        await redis.aclose()


async def missing_or_doubled(hub: Launched, traffic: Traffic) -> list[str]:
    """List the acknowledged pings that are not in the track history exactly once."""
    database = hub.database()
    async with database.read() as tx:
        rows: Sequence[Any] = (await tx.exec_driver_sql("SELECT device_id, at FROM track_point")).all()
    await database.close()
    found = Counter((str(device_id), str(at)[:26]) for device_id, at in rows)
    return [
        f"{device.scene.device_id} {at}: {found[device.scene.device_id, at]} times"
        for device in traffic.devices
        for at in (f"{moment:%Y-%m-%d %H:%M:%S.%f}"[:26] for moment in device.kept)
        if found[device.scene.device_id, at] != 1
    ]
