"""Measure the whole call that offers times: rows read from SQLite, days laid out, ways guessed, times found."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.slots import DAYS, HOURS, MONDAY, TECHNICIANS, VISITS_A_DAY, made_up_place, made_up_visits
from hub.domain.booking_status import BookingStatus
from hub.domain.intervals import Interval
from hub.services.find_slots import Wanted, find_slots
from hub.store import accounts, bookings, reservations, resources, work_orders, working_hours
from hub.store.database import Database, opened
from hub.store.ids import new_id
from hub.store.migrate import migrate
from tests.builders import BuiltDirectory, build_directory

CALLS = 30


def measure_slot_calls() -> dict[str, float]:
    """Measure on databases with 25 and with 200 technicians; figures by name."""
    return {name: value for count in TECHNICIANS for name, value in asyncio.run(_measured(count)).items()}


async def _measured(technicians: int) -> dict[str, float]:
    chance = random.Random(2)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory(prefix="enroute-bench-") as folder:
        async with opened(f"sqlite:///{Path(folder) / 'hub.db'}") as db:
            await migrate(db)
            directory = await _fill(db, technicians, chance)
            took_s = []
            for number in range(CALLS + 1):
                wanted = Wanted(
                    portal_id=directory.portal_id,
                    service_type_id=directory.service_type_id,
                    place=made_up_place(chance),
                )
                within = Interval(MONDAY, MONDAY + timedelta(days=DAYS))
                began_s = time.perf_counter()
                await find_slots(db, wanted, within, MONDAY)
                if number:
                    took_s.append(time.perf_counter() - began_s)
    took_s.sort()
    name = f"the whole call for {technicians} technicians, rows read from SQLite, ms:"
    return {f"{name} p50": took_s[CALLS // 2] * 1000, f"{name} p99": took_s[-1] * 1000}


async def _fill(db: Database, technicians: int, chance: random.Random) -> BuiltDirectory:
    async with db.write() as tx:
        directory = await build_directory(tx)
        portal_id = directory.portal_id
        for _ in range(technicians):
            base = made_up_place(chance)
            one = resources.Resource(
                id=new_id("re"), portal_id=portal_id, name="Tero", base_lat=base.lat, base_lon=base.lon
            )
            await resources.insert_resources(tx, [one])
            await working_hours.insert_working_hours(
                tx,
                [
                    working_hours.WorkingHours(
                        resource_id=one.id, weekday=each.weekday, starts_s=each.starts_s, ends_s=each.ends_s
                    )
                    for each in HOURS
                ],
            )
            visits = made_up_visits(chance)
            places = [
                accounts.Location(
                    id=new_id("lo"),
                    account_id=directory.account_id,
                    address="Somewhere 1",
                    lat=place.lat,
                    lon=place.lon,
                    time_zone="Europe/Helsinki",
                )
                for _, _, place in visits
            ]
            orders = [
                work_orders.WorkOrder(
                    id=new_id("wo"),
                    portal_id=portal_id,
                    account_id=directory.account_id,
                    contact_id=directory.contact_id,
                    location_id=place.id,
                    service_type_id=directory.service_type_id,
                )
                for place in places
            ]
            rows = [
                bookings.NewBooking(
                    id=new_id("bk"),
                    work_order_id=order.id,
                    resource_id=one.id,
                    status=BookingStatus.SCHEDULED,
                    starts_at=datetime.fromtimestamp(start, UTC),
                    ends_at=datetime.fromtimestamp(free, UTC),
                    window_earliest=datetime.fromtimestamp(start, UTC),
                    window_latest=datetime.fromtimestamp(free, UTC),
                    created_at=MONDAY,
                    updated_at=MONDAY,
                )
                for order, (start, free, _) in zip(orders, visits, strict=True)
            ]
            await accounts.insert_locations(tx, places)
            await work_orders.insert_work_orders(tx, orders)
            await bookings.insert_bookings(tx, rows)
            kept = [reservations.of_booking(row.id, one.id, Interval(row.starts_at, row.ends_at)) for row in rows]
            await reservations.insert(tx, *kept)
    return directory


if __name__ == "__main__":
    print(f"{DAYS} days with {VISITS_A_DAY} visits each")
    for name, value in measure_slot_calls().items():
        print(f"{name} {value:.1f}")
