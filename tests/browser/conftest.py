"""A real browser and a real hub for the stories."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright
from redis.asyncio import Redis

from tests.databases import copy_sqlite
from tests.integration.city import city_folder, osrm_url
from tests.integration.conftest import sqlite_template
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.stores import TestValkey, redis_client, session_valkey

__all__ = ["city_folder", "osrm_url", "redis_client", "session_valkey", "sqlite_template"]

FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--disable-background-networking",
]


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium once a module; pages left open go with it."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def city_hub(
    sqlite_template: Path,
    tmp_path: Path,
    session_valkey: TestValkey,
    redis_client: Redis,
    city_folder: Path,
    osrm_url: str,
) -> AsyncIterator[RunningHub]:
    """Run a hub with the demo city's roads and map."""
    database_url = copy_sqlite(sqlite_template, tmp_path)
    settings = hub_settings(
        database_url, session_valkey.url, router_url=osrm_url, demo_city=str(city_folder), lost_after_s=30
    )
    async with running_hub(settings) as running:
        yield running


@pytest.fixture
def pictures() -> Path:
    """Name the folder for screenshots; SCREENSHOTS names another one than test-results."""
    folder = Path(os.environ.get("SCREENSHOTS", "test-results"))
    folder.mkdir(exist_ok=True, parents=True)
    return folder
