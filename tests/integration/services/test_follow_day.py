"""What is expected of the rest of the day, and who hears in time that a promise will be missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import select, update

from hub.domain.booking_status import BookingStatus
from hub.domain.geofence import Fence
from hub.domain.live_messages import Eta, EtaSource
from hub.domain.ping_filter import PingState
from hub.domain.shown_arrival import show
from hub.domain.slot_ids import read_slot
from hub.services.change_status import change_status
from hub.services.follow_day import FollowDay
from hub.store import events
from hub.store.database import Database
from hub.store.day_progress import LATE
from hub.store.events import Event
from hub.store.live_positions import LivePositions
from hub.store.redis_client import key
from hub.store.tables import booking
from tests.builders import NOW, SECRET, BuiltDirectory, build_bookable, build_directory, build_visit
from tests.fakes import FakeClock

S = BookingStatus


class Day:
    """A technician's day that has begun: one visit under way, another one planned for after it."""

    def __init__(self, db: Database, redis: Redis, directory: BuiltDirectory, ids: tuple[str, str]) -> None:
        self.db, self.redis, self.directory, self.clock = db, redis, directory, FakeClock()
        self.first, self.second = ids

    async def look(self, after: timedelta = timedelta(0)) -> int:
        """Follow the day so long after NOW; tell of how many visits it was said that they will be late."""
        self.clock.now = NOW + after
        done = await FollowDay(self.db, LivePositions(self.redis), None, SECRET, self.clock).work()
        return done["late_visits"]

    async def expected(self, booking_id: str) -> datetime:
        """Read when a visit is expected."""
        async with self.db.read() as tx:
            found = (await tx.execute(select(booking.c.predicted_at).where(booking.c.id == booking_id))).scalar_one()
        assert isinstance(found, datetime)
        return found

    async def said(self, booking_id: str) -> list[Event]:
        """Read what was said of its lateness."""
        async with self.db.read() as tx:
            return [one for one in await events.of_booking(tx, booking_id) if one.kind == LATE]

    async def arrives(self, at: datetime) -> None:
        """Have the live map show an arrival at the first visit."""
        spread = timedelta(minutes=2)
        eta = Eta(
            at=at, earliest=at - spread, latest=at + spread, confidence=0.8, computed_at=NOW, source=EtaSource.ROUTE
        )
        state = PingState(fence=Fence(self.first, NOW - timedelta(minutes=20), shown=show(eta)))
        resource_id = await self._resource()
        await self.redis.hset(key("states"), resource_id, msgspec.json.encode(state))

    async def _resource(self) -> str:
        async with self.db.read() as tx:
            query = select(booking.c.resource_id).where(booking.c.id == self.first)
            return str((await tx.execute(query)).scalar_one())


@pytest.fixture
async def day(db: Database, redis_client: Redis) -> Day:
    """Build it: the first was planned for 20 minutes ago, the second for in 40; both have windows of two hours."""
    async with db.write() as tx:
        directory = await build_directory(tx)
        resource_id = await build_bookable(tx, directory.portal_id)
        ids = []
        for status, starts_in in ((S.TRAVELING, -20), (S.SCHEDULED, 40)):
            starts_at = NOW + timedelta(minutes=starts_in)
            visit = await build_visit(
                tx, directory=directory, status=status, starts_at=starts_at, resource_id=resource_id
            )
            ids.append(visit.booking_id)
        set_off = update(booking).where(booking.c.id == ids[0])
        await tx.execute(set_off.values(traveling_at=NOW - timedelta(minutes=20)))
    return Day(db, redis_client, directory, (ids[0], ids[1]))


async def test_the_live_arrival_moves_what_is_expected_of_later_visits(day: Day) -> None:
    await day.arrives(NOW + timedelta(minutes=30))

    assert await day.look() == 0

    assert await day.expected(day.first) == NOW + timedelta(minutes=30)
    assert await day.expected(day.second) == NOW + timedelta(minutes=60)  # the same house, half an hour of work


async def test_a_promise_that_will_be_missed_is_told_with_other_times(day: Day) -> None:
    await day.arrives(NOW + timedelta(minutes=150))

    assert await day.look() == 2

    (event,) = await day.said(day.second)
    promised = NOW + timedelta(minutes=160)
    assert event.data["promised_until"] == promised.isoformat()
    assert event.data["predicted_at"] == (NOW + timedelta(minutes=180)).isoformat()
    offers = [read_slot(one["slot_id"], SECRET, NOW) for one in event.data["alternatives"]]
    assert len(offers) == 3
    assert all(offer is not None and offer.visit.starts_at > NOW for offer in offers)


async def test_it_is_told_once_in_an_hour(day: Day) -> None:
    await day.arrives(NOW + timedelta(hours=9))

    assert await day.look() == 2
    assert await day.look(timedelta(minutes=59)) == 0
    assert await day.look(timedelta(minutes=60)) == 2


async def test_a_visit_that_is_canceled_brings_the_next_one_back_in_time(day: Day) -> None:
    await day.arrives(NOW + timedelta(minutes=50))
    await day.look()
    assert await day.expected(day.second) > NOW + timedelta(minutes=40)

    await change_status(day.db, day.first, S.CANCELED, actor="staff:st_1", now=NOW, portal_id=None)
    await day.look()

    assert await day.expected(day.second) == NOW + timedelta(minutes=40)


async def test_without_the_store_of_positions_the_plan_and_the_clock_tell(day: Day) -> None:
    await day.look(timedelta(minutes=25))

    assert await day.expected(day.first) >= NOW + timedelta(minutes=25)
    assert await day.expected(day.second) >= NOW + timedelta(minutes=55)


async def test_a_visit_that_was_forgotten_is_no_news(day: Day) -> None:
    assert await day.look(timedelta(hours=5)) == 0
