"""The road router gone: the arrival is estimated by distance, and the hub stays green."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, Scene, hub_settings, ping_at, running_hub
from tests.integration.stores import TestValkey

NOWHERE = "http://127.0.0.1:1"


async def eta_of(hub: RunningHub, scene: Scene, within_s: float = 8.0) -> dict[str, Any]:
    """Wait until an arrival is estimated."""
    async with asyncio.timeout(within_s):
        while True:
            eta: dict[str, Any] | None = (await hub.http.get(f"/v/{scene.link_token}/snapshot")).json()["eta"]
            if eta:
                return eta
            await asyncio.sleep(0.1)


async def test_without_a_road_router_the_arrival_is_estimated_by_distance(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> None:
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, router_url=NOWHERE)
    async with running_hub(settings) as hub:
        scene = await hub.scene()
        await asyncio.sleep(2.1)  # until the new visit is known to be under way
        assert (await hub.ping(scene, ping_at())).status_code == 202
        eta = await eta_of(hub, scene)
        assert eta["source"] == "distance"
        assert eta["earliest"] <= eta["at"] <= eta["latest"]
        assert (await hub.http.get("/readyz")).status_code == 200
