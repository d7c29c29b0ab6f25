"""Watch visits on real stores."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import Freshness, LivePosition
from hub.domain.visit_view import Shown
from hub.services.change_status import change_status
from hub.services.follow_journeys import Journeys
from hub.services.interest import Interest
from hub.services.room import Pace
from hub.services.watch_visit import WatchVisit
from hub.services.watcher import Watcher
from hub.store.database import Database, opened
from hub.store.live_channel import Interrupted, LiveChannel
from hub.store.ping_store import PingStore
from hub.store.route_store import RouteStore
from hub.store.routers.geodesic import GeodesicRouter
from tests.builders import NOW, BuiltVisit, build_visit
from tests.databases import copy_sqlite
from tests.fakes import FakeClock

LOST_AFTER = timedelta(seconds=120)
POSITION = msgspec.json.encode(
    Shown(
        position=LivePosition(lat=60.17, lon=24.94, at=NOW, heading_deg=None, speed_mps=None, accuracy_m=None),
        eta=None,
        freshness=Freshness.LIVE,
        last_seen_at=NOW,
    )
)


class Stage:
    """One web process's watching part, and a visit."""

    def __init__(self, database: Database, redis: Redis, built: BuiltVisit) -> None:
        self.database, self.built, self.clock = database, built, FakeClock()
        self.channel, pings = LiveChannel(redis), PingStore(redis, 3_600)
        self.journeys = Journeys(database, RouteStore(redis), GeodesicRouter(), self.channel, LOST_AFTER)
        interest = Interest(time.monotonic)
        self.watching = WatchVisit(
            database, pings, self.channel, self.journeys, Pace(0, LOST_AFTER), self.clock, interest
        )

    async def change(self, status: str) -> None:
        """Change the booking without telling anybody."""
        await change_status(
            self.database, self.built.booking_id, BookingStatus(status), actor="test", now=NOW, portal_id=None
        )

    async def listening(self) -> asyncio.Task[None]:
        """Hear the live channel from now on."""
        running = asyncio.create_task(self.watching.run())
        async with asyncio.timeout(5):
            while not self.channel.listening:  # noqa: ASYNC110 - the channel tells nobody when it begins
                await asyncio.sleep(0.01)
        return running


@pytest.fixture
async def stage(sqlite_template: Any, tmp_path: Any, redis_client: Redis) -> AsyncIterator[Stage]:
    """Build a scheduled visit."""
    async with opened(copy_sqlite(sqlite_template, tmp_path)) as database:
        async with database.write() as tx:
            built = await build_visit(tx)
        yield Stage(database, redis_client, built)


async def _next(watcher: Watcher) -> Any:
    return msgspec.json.decode(await asyncio.wait_for(watcher.next(), 5))


async def test_an_unknown_booking_cannot_be_watched(stage: Stage) -> None:
    async with stage.watching.watch("bk_nothing", LinkScope.TRACK) as taken:
        assert taken is None
    assert await stage.watching.see("bk_nothing", LinkScope.TRACK) is None


async def test_a_change_that_no_message_told_of_is_found_by_reading_again(stage: Stage) -> None:
    async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as taken:
        assert taken is not None
        watcher, snapshot = taken
        await stage.watching.reread()
        await stage.change("traveling")

        await stage.watching.reread()

        told = await _next(watcher)
        assert (told["type"], told["visit"]["status"]) == ("status", "traveling")
        assert told["seq"] > snapshot.seq


async def test_after_an_interruption_every_watcher_gets_a_snapshot(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt = asyncio.Event()

    async def listen() -> AsyncIterator[Interrupted]:
        await interrupt.wait()
        yield Interrupted()

    monkeypatch.setattr(stage.channel, "listen", listen)
    running = asyncio.create_task(stage.watching.run())
    async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as taken:
        assert taken is not None
        await stage.change("traveling")

        interrupt.set()

        told = await _next(taken[0])
        assert (told["type"], told["visit"]["status"]) == ("snapshot", "traveling")
        assert told["seq"] > taken[1].seq
    await running


async def test_what_is_told_while_the_facts_are_read_is_not_lost(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    running = await stage.listening()
    own_seq, changed = stage.channel.own_seq, False

    async def change_meanwhile(visit_id: str, after: int) -> int:
        nonlocal changed
        if not changed:
            changed = True
            await stage.change("traveling")
            await stage.channel.tell(visit_id, "changed")
            await asyncio.sleep(0.05)
        return await own_seq(visit_id, after)

    monkeypatch.setattr(stage.channel, "own_seq", change_meanwhile)
    async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as taken:
        assert taken is not None
        assert (await _next(taken[0]))["visit"]["status"] == "traveling"
    running.cancel()


async def test_a_room_opens_while_positions_stream_in(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.change("traveling")
    running = await stage.listening()
    own_seq = stage.channel.own_seq

    async def position_meanwhile(visit_id: str, after: int) -> int:
        number = await own_seq(visit_id, after)
        await stage.channel.tell(visit_id, "position", POSITION)
        await asyncio.sleep(0.05)
        return number

    monkeypatch.setattr(stage.channel, "own_seq", position_meanwhile)
    async with asyncio.timeout(5), stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as taken:
        assert taken is not None
        seen = taken[1].position or (await _next(taken[0]))["position"]
        assert seen is not None
    running.cancel()


async def test_a_message_about_a_change_is_followed(stage: Stage) -> None:
    running = await stage.listening()
    async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as taken:
        assert taken is not None
        await stage.change("traveling")
        await stage.channel.tell(stage.built.booking_id, "changed")

        assert (await _next(taken[0]))["visit"]["status"] == "traveling"
        assert stage.journeys.get(stage.built.booking_id) is not None
    running.cancel()


async def test_one_look_and_two_watchers_see_the_same(stage: Stage) -> None:
    looked = await stage.watching.see(stage.built.booking_id, LinkScope.TRACK)
    assert looked is not None
    async with (
        stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as one,
        stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as other,
    ):
        assert one is not None
        assert other is not None
        assert one[1] == other[1]
        assert one[1].visit == looked[1].visit
        assert one[1].seq > looked[1].seq


async def test_every_watcher_hears_the_heartbeat(stage: Stage) -> None:
    async with stage.watching.watch(stage.built.booking_id, LinkScope.TRACK) as taken:
        assert taken is not None
        await stage.watching.beat()

        assert await _next(taken[0]) == {"type": "heartbeat", "server_time": "2026-11-23T14:00:00Z"}
