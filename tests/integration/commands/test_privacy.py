"""`hub privacy erase` beside a running hub."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from hub.store import resources
from tests.integration.commands.launched import Launched, call
from tests.integration.commands.scenes import scene_of
from tests.integration.tracks import kept_at


async def test_a_technician_is_erased_while_the_phone_still_sends(shared_hub_run: Launched) -> None:
    hub_run = shared_hub_run
    database = hub_run.database()
    scene = await scene_of(database)
    resource_id = scene.resource_id
    headers = {"Authorization": f"Bearer {scene.device_token}"}

    asked = await asyncio.to_thread(call, hub_run.folder, "privacy", "erase", resource_id)
    assert asked.returncode == 1
    assert "add --yes" in asked.stderr

    async def phone() -> int | None:
        """Send for as long as it may, and tell how that ended."""
        url = hub_run.base_url.replace("http", "ws", 1) + "/api/v1/pings"
        async with connect(url, additional_headers=headers) as line:
            try:
                while True:
                    await line.send(f'{{"lat": 60.17, "lon": 24.94, "at": "{datetime.now(UTC).isoformat()}"}}')
                    await line.recv()
                    await asyncio.sleep(0.05)
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else None

    sending = asyncio.create_task(phone())
    await asyncio.sleep(1.0)
    done = await asyncio.to_thread(call, hub_run.folder, "privacy", "erase", resource_id, "--yes")

    assert done.returncode == 0, done.stderr
    assert "Erased" in done.stdout
    assert await sending == 4401
    assert await kept_at(database, resource_id) == []
    async with database.read() as tx:
        person = await resources.get_resource(tx, resource_id)
    assert person is not None
    assert person.name == "(erased)"
    async with httpx.AsyncClient(base_url=hub_run.base_url, trust_env=False) as http:
        refused = await http.post("/api/v1/pings", json={}, headers=headers)
    assert refused.status_code == 401
    await database.close()


def test_an_unknown_technician_is_a_clear_message(shared_hub_run: Launched) -> None:
    said = call(shared_hub_run.folder, "privacy", "erase", "re_nobody", "--yes")

    assert (said.returncode, said.stderr) == (1, "hub: there is no resource re_nobody\n")


def test_without_a_hub_that_runs_it_refuses(folder: Path) -> None:
    folder.mkdir()
    said = call(folder, "privacy", "erase", "re_1", "--yes")

    assert said.returncode == 1
    assert said.stderr.startswith("hub: HUB_REDIS_URL ")
