"""Two real processes, twenty customers, one technician: nobody is booked twice, on either database."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from hub.demo.road_engine import free_port
from hub.store.database import Database
from hub.store.tables import portal, reservation
from tests.builders import build_bookable, build_directory
from tests.integration.commands.launched import ROOT, clean_environment, hub_command
from tests.integration.plain_http import NO_TLS
from tests.integration.stores import TestValkey

CUSTOMERS = 20
SECRET = "a secret of at least 32 characters"  # noqa: S105 - of this test alone


@contextmanager
def web_process(folder: Path, database_url: str, redis_url: str) -> Iterator[str]:
    """Run a web process of its own and give its address."""
    port = free_port()
    settings = {
        "HUB_DATABASE_URL": database_url,
        "HUB_REDIS_URL": redis_url,
        "HUB_SECRET_KEY": SECRET,
        "HUB_PUBLIC_RATE": "0",
    }
    command = hub_command("web", "--port", str(port))
    environment = clean_environment(folder, **settings)
    process = subprocess.Popen(command, env=environment, cwd=ROOT)  # noqa: S603 - our own program
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
async def processes(
    db: Database, database_url: str, session_valkey: TestValkey, redis_client: Redis, tmp_path: Path
) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Run two web processes on one database."""
    with (
        web_process(tmp_path, database_url, session_valkey.url) as one,
        web_process(tmp_path, database_url, session_valkey.url) as other,
    ):
        clients = [
            httpx.AsyncClient(base_url=url, timeout=30.0, trust_env=False, verify=NO_TLS) for url in (one, other)
        ]
        for client in clients:
            await _until_ready(client)
        yield clients
        for client in clients:
            await client.aclose()


async def _until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)


async def test_of_twenty_at_once_one_is_booked_and_the_others_get_other_slots(
    db: Database, processes: list[httpx.AsyncClient]
) -> None:
    async with db.write() as tx:
        directory = await build_directory(tx)
        await build_bookable(tx, directory.portal_id)
        await tx.execute(portal.update().values(switches={"public_booking": True}))
    asked = {"service_type": directory.service_type_id, "location": "60.165,24.94"}
    slots = (await processes[0].get("/api/v1/slots", params=asked)).json()["slots"]

    async def book(number: int) -> httpx.Response:
        body: dict[str, Any] = {
            "slot_id": slots[10]["id"],
            "contact": {"name": f"Customer {number}", "email": f"c{number}@example.org"},
            "location": {"address": "Bulevardi 15", "lat": 60.165, "lon": 24.94},
        }
        return await processes[number % 2].post("/api/v1/bookings", json=body)

    answers = await asyncio.gather(*(book(number) for number in range(CUSTOMERS)))

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * (CUSTOMERS - 1)
    assert {len(answer.json()["slots"]) for answer in answers if answer.status_code == 409} == {5}
    async with db.read() as tx:
        assert len((await tx.execute(reservation.select())).all()) == 1
