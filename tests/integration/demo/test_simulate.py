"""Technicians who drive through a running hub, as customers see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from hub.demo.seed import seed_demo
from hub.demo.seeded import Seed, SeededBooking, SeedRefused
from hub.demo.simulate import simulate
from hub.settings import Settings
from hub.store.tables import booking, event
from tests.builders import build_directory
from tests.integration.hub import RunningHub

BEHIND = timedelta(minutes=4)
"""So long ago the demo was seeded: the simulator has something to catch up with."""


@pytest.fixture
def settings(hub: RunningHub, city_folder: Path, osrm_url: str, tmp_path: Path) -> Settings:
    """Describe the running hub as `hub run` would to its simulator."""
    return msgspec.structs.replace(
        hub.settings,
        data_dir=str(tmp_path),
        public_url=hub.base_url,
        router_url=osrm_url,
        demo_city=str(city_folder),
    )


@pytest.fixture
async def driven(hub: RunningHub, settings: Settings) -> AsyncIterator[Seed]:
    """Seed a demo and drive its technicians for the time of the test."""
    seed = await seed_demo(hub.database, settings, visits=1, now=datetime.now(UTC) - BEHIND)
    driving = asyncio.create_task(simulate(settings))
    yield seed
    assert not driving.done(), driving
    driving.cancel()
    with suppress(asyncio.CancelledError):
        await driving


async def snapshot(hub: RunningHub, visit: SeededBooking) -> dict[str, Any]:
    answer: dict[str, Any] = (await hub.http.get(visit.track_url + "/snapshot")).json()
    return answer


async def positions(hub: RunningHub, seed: Seed) -> dict[str, dict[str, Any]]:
    """Read where technicians are on their way, by their visits."""
    now = datetime.now(UTC)
    near = [visit for visit in seed.bookings if abs(visit.starts_at - now) < timedelta(minutes=15)]
    shown = {visit.id: await snapshot(hub, visit) for visit in near}
    return {id_: each["position"] for id_, each in shown.items() if each["position"]}


async def wait_for_positions(hub: RunningHub, seed: Seed, count: int) -> dict[str, dict[str, Any]]:
    async with asyncio.timeout(20):
        while True:
            if len(found := await positions(hub, seed)) >= count:
                return found
            await asyncio.sleep(0.5)


async def test_customers_see_technicians_move(hub: RunningHub, driven: Seed) -> None:
    before = await wait_for_positions(hub, driven, 3)
    await asyncio.sleep(5)
    after = await positions(hub, driven)
    moved = [id_ for id_ in before.keys() & after.keys() if before[id_]["at"] < after[id_]["at"]]
    assert len(moved) >= 2
    assert any(abs(before[id_]["lat"] - after[id_]["lat"]) > 0 for id_ in moved)
    assert any(after[id_]["speed_mps"] > 1 for id_ in moved)
    assert all(3 <= after[id_]["accuracy_m"] <= 8 for id_ in moved)


async def test_the_bookings_catch_up_with_the_time_and_the_bench_is_left_alone(hub: RunningHub, driven: Seed) -> None:
    await wait_for_positions(hub, driven, 3)
    await asyncio.sleep(1.5)
    now = datetime.now(UTC) - timedelta(seconds=10)
    bench = [one.id for one in driven.resources if one.name.startswith("Bench ")]
    query = select(booking).where(booking.c.status != "canceled")
    async with hub.database.read() as tx:
        rows = (await tx.execute(query)).all()
        actors = (await tx.execute(select(event.c.actor))).scalars().all()
    assert actors
    assert all(actor.startswith("api_key:") for actor in actors)
    assert [row.status for row in rows if row.resource_id in bench] == ["traveling"]
    assert all(row.status == "completed" for row in rows if row.ends_at < now and row.resource_id not in bench)
    begun = [row for row in rows if row.starts_at < now < row.ends_at - timedelta(seconds=20)]
    assert all(row.status == "in_progress" for row in begun)


async def test_a_real_store_is_not_driven(hub: RunningHub, settings: Settings) -> None:
    async with hub.database.write() as tx:
        await build_directory(tx)
    with pytest.raises(SeedRefused):
        await simulate(settings)
