"""Hubs whose stores the tests break."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.web.devices import taking
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.stores import TestValkey


@pytest.fixture
async def fragile_hub(
    sqlite_template: Path, tmp_path: Path, own_valkey: TestValkey, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningHub]:
    """Run a hub on a Valkey of its own; requests with pings wait for it half a second only."""
    monkeypatch.setattr(taking, "STORE_TIMEOUT_S", 0.5)
    async with running_hub(hub_settings(copy_sqlite(sqlite_template, tmp_path), own_valkey.url)) as hub:
        yield hub


async def checks(hub: RunningHub) -> dict[str, str]:
    """Ask for the result of each check."""
    answer = await hub.http.get("/readyz")
    found: dict[str, str] = answer.json()["checks"]
    assert (answer.status_code == 200) is all(result == "ok" for result in found.values())
    return found


async def until_green(hub: RunningHub, within_s: float = 8.0) -> None:
    """Wait until everything has healed by itself."""
    async with asyncio.timeout(within_s):
        while set((await checks(hub)).values()) != {"ok"}:  # noqa: ASYNC110 - it happens in stores, not here
            await asyncio.sleep(0.1)
