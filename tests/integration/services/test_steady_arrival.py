"""One arrival for all: two web processes, their snapshots, and what the recorder keeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import select, update

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import METRES_PER_DEGREE
from hub.domain.link_scope import LinkScope
from hub.domain.ping import Ping
from hub.services.authenticate import DeviceIdentity
from hub.services.follow_journeys import Journeys
from hub.services.ingest_pings import IngestPings
from hub.services.interest import Interest
from hub.services.judge_pings import Rules
from hub.services.record_track import RecordTrack
from hub.services.room import Pace
from hub.services.watch_visit import WatchVisit
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.ping_store import PingStore
from hub.store.ping_stream import PingStream
from hub.store.route_store import RouteStore
from hub.store.routers.geodesic import GeodesicRouter
from hub.store.tables import booking, eta_prediction
from tests.builders import NOW, BuiltVisit, build_visit
from tests.fakes import FakeClock, FakeDevices

LOST_AFTER = timedelta(seconds=120)
SOUTH_M = 6_000.0


class Process:
    """What one web process needs to judge pings and to show them."""

    def __init__(self, database: Database, redis: Redis, clock: FakeClock) -> None:
        channel, self.pings = LiveChannel(redis), PingStore(redis, 3_600)
        self.journeys = Journeys(database, RouteStore(redis), GeodesicRouter(), channel, LOST_AFTER)
        self.ingest = IngestPings(self.pings, self.journeys, FakeDevices(), Rules(), clock)
        interest = Interest(time.monotonic)
        self.watching = WatchVisit(database, self.pings, channel, self.journeys, Pace(0, LOST_AFTER), clock, interest)
        self.clock = clock
        self.running = asyncio.create_task(self.ingest.run())

    async def shown(self, visit: BuiltVisit) -> dict[str, Any]:
        """Take a look at the visit; answer its arrival."""
        seen = await self.watching.see(visit.booking_id, LinkScope.TRACK)
        assert seen is not None
        arrival: dict[str, Any] = msgspec.to_builtins(seen[1].eta)
        return arrival


class Scene:
    """A visit to which somebody travels, 6 km away, and two processes."""

    def __init__(self, database: Database, redis: Redis, visit: BuiltVisit) -> None:
        self.database, self.redis, self.visit, self.clock = database, redis, visit, FakeClock()
        resource_id = visit.directory.resource_id
        self.device = DeviceIdentity(device_id="de_1", resource_id=resource_id, portal_id="po_1", expires_at=None)
        self.one, self.two = (Process(database, redis, self.clock) for _ in range(2))

    async def ping(self, process: Process, second: float, driven_m: float, *, late_s: float = 1.0) -> None:
        """Let the phone send its place a second after it was taken, or later."""
        self.clock.now = NOW + timedelta(seconds=second + late_s)
        lat = 60.1635 - (SOUTH_M - driven_m) / METRES_PER_DEGREE
        sent = Ping(lat=lat, lon=24.9385, at=NOW + timedelta(seconds=second), accuracy_m=5.0, speed_mps=9.0)
        await process.ingest.ingest(self.device, [sent], 5)

    async def kept(self) -> list[tuple[datetime, datetime]]:
        """Record what was sent; answer which arrivals were kept, each with its moment."""
        stream = PingStream(self.redis, "one")
        await stream.prepare()
        await RecordTrack(self.database, stream, self.clock).record_some()
        async with self.database.read() as tx:
            of = eta_prediction.c
            found = await tx.execute(select(of.computed_at, of.predicted_at).order_by(of.computed_at))
            return [(row.computed_at, row.predicted_at) for row in found]


@pytest.fixture
async def scene(db: Database, redis_client: Redis) -> AsyncIterator[Scene]:
    """Set off, and let both processes know the (straight) way."""
    async with db.write() as tx:
        visit = await build_visit(tx, status=BookingStatus.TRAVELING)
        await tx.execute(update(booking).values(traveling_at=NOW))
    made = Scene(db, redis_client, visit)
    for process in (made.one, made.two):
        await process.journeys.refresh(NOW)
    await made.ping(made.one, 0, 0)
    async with asyncio.timeout(5):
        for process in (made.one, made.two):
            journey = process.journeys.get(visit.booking_id)
            assert journey is not None
            while journey.prepared is None:
                await process.watching.see(visit.booking_id, LinkScope.TRACK)  # whoever looks has the way found
                await asyncio.sleep(0.01)
    yield made
    for process in (made.one, made.two):
        process.running.cancel()


async def test_all_processes_show_one_arrival_which_is_what_is_kept(scene: Scene) -> None:
    for second in range(5, 80, 5):
        await scene.ping(scene.two if second % 2 else scene.one, second, 4.0 * second)
        assert await scene.one.shown(scene.visit) == await scene.two.shown(scene.visit)
    shown = await scene.one.shown(scene.visit)

    kept = await scene.kept()

    assert [(at - NOW).total_seconds() for at, _ in kept] == [6, 66]
    assert shown["computed_at"] == msgspec.to_builtins(kept[-1][0])
    assert shown["at"] == msgspec.to_builtins(kept[-1][1])


async def test_a_process_that_starts_later_shows_the_same_arrival(scene: Scene) -> None:
    await scene.ping(scene.one, 5, 20)
    await scene.ping(scene.one, 25, 200)
    new = Process(scene.database, scene.redis, scene.clock)
    await new.journeys.refresh(NOW)

    assert await new.shown(scene.visit) == await scene.one.shown(scene.visit)
    new.running.cancel()


async def test_an_arrival_that_is_recorded_again_is_kept_once(scene: Scene) -> None:
    await scene.ping(scene.one, 5, 20)
    entries: Any = await scene.redis.xrange("hub:{0}:pings")
    first = await scene.kept()
    for _, fields in entries:
        await scene.redis.xadd("hub:{0}:pings", fields)

    assert await scene.kept() == first
    assert len(first) == 1


async def test_a_position_that_comes_too_late_to_be_shown_tells_no_arrival(scene: Scene) -> None:
    await scene.ping(scene.one, 5, 20)
    told = await scene.kept()

    await scene.ping(scene.one, 10, 40, late_s=300)

    assert await scene.kept() == told


async def test_while_the_position_is_delayed_the_range_is_wider(scene: Scene) -> None:
    await scene.ping(scene.one, 5, 20)
    live = await scene.one.shown(scene.visit)

    scene.clock.now = NOW + timedelta(seconds=60)
    delayed = await scene.one.shown(scene.visit)

    assert delayed["at"] == live["at"]
    assert delayed["earliest"] < live["earliest"]
    assert delayed["latest"] > live["latest"]
    assert delayed == await scene.two.shown(scene.visit)


async def test_a_visit_before_this_one_is_driven_to_and_worked_at_first_and_stays_secret(scene: Scene) -> None:
    async with scene.database.write() as tx:
        sooner = scene.visit.directory
        before = await build_visit(tx, directory=sooner, starts_at=NOW, duration=timedelta(minutes=20))
    alone = await scene.one.shown(scene.visit)
    await scene.one.journeys.refresh(NOW)
    journey = scene.one.journeys.get(scene.visit.booking_id)
    assert journey is not None
    journey.asked_at_s = 0.0  # the last answer is old enough
    await scene.redis.delete(f"hub:{{0}}:renewing:{scene.visit.booking_id}")

    await scene.ping(scene.one, 5, 20)
    async with asyncio.timeout(5):
        while journey.prepared is None or not journey.prepared.route.via:  # noqa: ASYNC110 - it is found beside
            await asyncio.sleep(0.01)
    await scene.ping(scene.one, 10, 40)

    seen = await scene.one.watching.see(scene.visit.booking_id, LinkScope.TRACK)
    assert seen is not None
    assert seen[1].stops_before == 1
    assert seen[1].route is None
    assert seen[1].eta is not None
    later = seen[1].eta.at - msgspec.convert(alone["at"], datetime)
    assert timedelta(minutes=19) < later < timedelta(minutes=21)
    assert before.booking_id not in msgspec.json.encode(seen[1]).decode()
