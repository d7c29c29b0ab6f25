"""Drive the demo's technicians, all day, through the public interface alone.

Only the timetable and the credentials come from the store; nothing inside the hub knows that phones and
technicians are made up here.
"""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from hub.clients.ping_line import SentPing
from hub.clock import Clock, system_clock
from hub.data_dir import DataDir
from hub.demo.clerk import Clerk
from hub.demo.demo_rows import find_demo
from hub.demo.drive import Driver
from hub.demo.noise import ping_from
from hub.demo.phone import PING_EVERY_S, Phone
from hub.demo.seed import extend_demo, seed_demo
from hub.demo.seeded import SeedRefused
from hub.demo.timetable import Day, read_days
from hub.settings import Settings
from hub.store.database import Database, opened
from hub.store.routers.build import build_router

EXTEND_EVERY_S = 1_800.0
"""The timetable reaches three hours ahead, so a few failures in between do no harm."""
RETRY_S = 60.0

log = structlog.get_logger()


class Timetable:
    """The technicians' days, read again whenever they grew."""

    def __init__(self) -> None:
        """Begin without any."""
        self.days: dict[str, Day] = {}

    def day(self, resource_id: str) -> Day:
        """Give one technician's day as it is planned now."""
        return self.days[resource_id]

    async def read(self, database: Database, clock: Clock) -> None:
        """Read all days. Raises SeedRefused where there is no demo."""
        now = clock()
        async with database.read() as tx:
            if (found := await find_demo(tx)) is None:
                raise SeedRefused("the demo's portal is gone")
            days = await read_days(tx, *found, now)
        self.days = {day.resource_id: day for day in days}


async def simulate(settings: Settings, clock: Clock = system_clock) -> None:
    """Go on until cancelled. Raises SeedRefused, or an exception group of BadToken or BadKey: start again then."""
    find_hub = partial(base_url, settings)
    router = build_router(settings.router_url)
    timetable = Timetable()
    async with opened(settings.database_url) as database:
        seed = await seed_demo(database, settings, now=clock())
        await timetable.read(database, clock)
        tokens = {resource.id: resource.device_token for resource in seed.resources}
        clerk = Clerk(seed.api_key, find_hub, clock)
        log.info("simulation_runs", technicians=len(timetable.days), hub=find_hub())
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(clerk.run(lambda: timetable.days.values()))
                tasks.create_task(_extend(database, settings, timetable, clerk, clock))
                for number, resource_id in enumerate(one for one in timetable.days if one in tokens):
                    driver = Driver(router, partial(timetable.day, resource_id))
                    phone = Phone(tokens[resource_id], find_hub, partial(_measure, number, driver, clock))
                    tasks.create_task(phone.run(after_s=number * PING_EVERY_S / len(timetable.days)))
        finally:
            await router.close()


def base_url(settings: Settings) -> str:
    """Tell where the hub is now: what a running one wrote, else its public address."""
    run = DataDir(settings.data_dir).run_file()
    return run.base_url if run else settings.public_url


async def _measure(number: int, driver: Driver, clock: Clock) -> SentPing:
    await driver.motion_at(clock())  # may take a moment, when a leg begins
    now = clock()
    return ping_from(number, await driver.motion_at(now), now)


async def _extend(database: Database, settings: Settings, timetable: Timetable, clerk: Clerk, clock: Clock) -> None:
    pause_s = EXTEND_EVERY_S
    while True:
        await asyncio.sleep(pause_s)
        try:
            await extend_demo(database, settings, clock())
            await timetable.read(database, clock)
        except SeedRefused:
            raise
        except Exception as fault:  # the database may be away for a while
            log.warning("timetable_not_extended", fault=type(fault).__name__)
            pause_s = RETRY_S
        else:
            clerk.forget()
            pause_s = EXTEND_EVERY_S
