"""Locations without a position: looked up by their address, where a geocoder is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.store.geocoders.geocoder_server import GeocoderServer, geocoder_server
from tests.integration.store.routers.servers import http, strange_server
from tests.integration.stores import TestValkey
from tests.integration.web.api.directory_scene import Caller, new_caller

HOME, SHORE = "Kotikatu 1, Helsinki", "Rantakatu 2, Helsinki"


@pytest.fixture
async def geocoder() -> AsyncIterator[GeocoderServer]:
    """Run a geocoder that knows two addresses."""
    async with geocoder_server({HOME: (60.16, 24.93), SHORE: (60.15, 24.95)}) as server:
        yield server


@pytest.fixture
async def located_hub(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis, geocoder: GeocoderServer
) -> AsyncIterator[RunningHub]:
    """Run a hub that asks this geocoder."""
    settings = hub_settings(
        copy_sqlite(sqlite_template, tmp_path), session_valkey.url, geocoder_url=f"photon+{geocoder.base_url}"
    )
    async with running_hub(settings) as running:
        yield running


async def _account(hub: RunningHub) -> tuple[Caller, str]:
    caller = await new_caller(hub)
    return caller, await caller.make("accounts", name="Aalto")


async def test_an_address_is_looked_up_when_it_comes_without_a_position(
    located_hub: RunningHub, geocoder: GeocoderServer
) -> None:
    caller, account = await _account(located_hub)

    made = await caller.call("POST", "locations", json={"account": account, "address": HOME})
    assert (made.status_code, made.json()["lat"], made.json()["lon"]) == (201, 60.16, 24.93)
    path = f"locations/{made.json()['id']}"
    stays = (await caller.call("PATCH", path, json={"address": SHORE})).json()
    assert (stays["address"], stays["lat"]) == (SHORE, 60.16)
    moved = (await caller.call("PATCH", path, json={"lat": None, "lon": None})).json()
    assert (moved["lat"], moved["lon"]) == (60.15, 24.95)
    told = await caller.call("POST", "locations", json={"account": account, "address": HOME, "lat": 1, "lon": 2})
    assert told.json()["lat"] == 1
    assert geocoder.asked == [HOME, SHORE]


async def test_an_address_that_nobody_knows_needs_a_position(located_hub: RunningHub) -> None:
    caller, account = await _account(located_hub)

    refused = await caller.call("POST", "locations", json={"account": account, "address": "Nowhere 1"})

    assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, "$.lat")
    assert "does not know" in refused.json()["errors"][0]["message"]


async def test_a_geocoder_that_fails_is_no_fault_of_ours(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> None:
    async with strange_server(http("500 Internal Server Error", "")) as url:
        settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, geocoder_url=url)
        async with running_hub(settings) as hub:
            caller, account = await _account(hub)
            refused = await caller.call("POST", "locations", json={"account": account, "address": HOME})
    assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, "$.lat")
