"""The road on a live map: found when the technician sets off, and again where they leave it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polyline
import pytest
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection

from hub.demo.address_file import load
from hub.domain.geodesy import Point, distance_m
from hub.domain.route_following import LEAVING_FIXES
from hub.domain.route_progress import LEFT_AFTER_M
from hub.services import journey
from hub.store import route_store
from hub.store.tables import location
from tests.databases import copy_sqlite
from tests.integration.hub import hub_settings, next_of, ping_at, running_hub
from tests.integration.stores import TestValkey

EVERY_S = 1
"""How often a route may be renewed in this test: 10 s would only make it slow."""


async def _road(live: ClientConnection) -> list[Point]:
    told = await next_of(live, "route")
    return [Point(lat, lon) for lat, lon in polyline.decode(told["route"]["polyline6"], 6)]


async def test_a_route_that_was_left_is_found_again_from_there(
    sqlite_template: Path,
    tmp_path: Path,
    session_valkey: TestValkey,
    redis_client: Redis,
    osrm_url: str,
    city_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (journey, route_store):
        monkeypatch.setattr(module, "RENEW_AT_MOST_EVERY_S", EVERY_S)
    monkeypatch.setattr(journey, "RECKON_EVERY", timedelta(0))  # the fixes below come at once
    home, start, elsewhere = (address.place for address in load(city_folder)[:3])
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, router_url=osrm_url)
    async with running_hub(settings) as hub:
        scene, now = await hub.scene("scheduled"), datetime.now(UTC)
        async with hub.database.write() as tx:
            await tx.execute(location.update().values(lat=home.lat, lon=home.lon))
        async with hub.live(scene) as live:
            await hub.set_status(scene, "traveling")
            await next_of(live, "status")
            await hub.ping(scene, ping_at(now - timedelta(seconds=300), lat=start.lat, lon=start.lon))
            first = await _road(live)
            assert min(distance_m(elsewhere, point) for point in first) > LEFT_AFTER_M  # else this test shows nothing

            await asyncio.sleep(EVERY_S + 0.2)
            for number in range(LEAVING_FIXES):
                fixed_at = now + timedelta(seconds=number)
                await hub.ping(scene, ping_at(fixed_at, lat=elsewhere.lat, lon=elsewhere.lon))
            second = await _road(live)

    assert [distance_m(first[0], start) < 60, distance_m(first[-1], home) < 60] == [True, True]
    assert [distance_m(second[0], elsewhere) < 60, distance_m(second[-1], home) < 60] == [True, True]
