"""`hub run` and upkeep: cron and worker do it, also without a mail server, and start again when killed."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from hub.domain.booking_status import BookingStatus
from hub.domain.geofence import Crossing, CrossingKind
from hub.store import bookings, crossings
from hub.store.database import Database
from hub.store.tables import booking
from tests.builders import build_visit
from tests.integration.commands.launched import Launched, launched, left_over


async def test_visits_begin_by_themselves_and_again_after_cron_and_worker_were_killed(folder: Path) -> None:
    with launched(folder, HUB_ARRIVAL="automatic") as hub:
        database = hub.database()
        try:
            assert await _begins(database)
            for name in ("hub cron", "hub worker"):
                await asyncio.to_thread(hub.kill_child, name)
            assert await _begins(database)
        finally:
            await database.close()
        assert {"arrivals", "history", "travel"} <= await _chores(hub)
        assert await asyncio.to_thread(hub.stop) == 0
        assert not left_over(folder)
        assert "Traceback" not in hub.said()


async def _begins(database: Database) -> bool:
    """Have a technician arrive two minutes ago, and wait until the visit has begun."""
    now = datetime.now(UTC)
    set_off_at, arrived_at = now - timedelta(minutes=9), now - timedelta(minutes=2)
    async with database.write() as tx:
        visit = await build_visit(tx, status=BookingStatus.TRAVELING, starts_at=now)
        change = update(booking).where(booking.c.id == visit.booking_id)
        await tx.execute(change.values(traveling_at=set_off_at))
        crossed = Crossing(visit.booking_id, set_off_at, CrossingKind.ARRIVED, arrived_at)
        await crossings.insert_crossings(tx, [crossed], arrived_at)
    for _ in range(600):
        async with database.read() as tx:
            found = await bookings.get(tx, visit.booking_id)
        if found and found.status is BookingStatus.IN_PROGRESS:
            return found.arrived_at == arrived_at
        await asyncio.sleep(0.1)
    return False


async def _chores(hub: Launched) -> set[str]:
    """Read which chores were done, as `/metrics` tells it within a few seconds."""
    for _ in range(100):
        told = (await asyncio.to_thread(hub.get, "/metrics")).text
        if found := set(re.findall(r'hub_upkeep_age_seconds{chore="(\w+)"}', told)):
            return found
        await asyncio.sleep(0.1)
    return set()
