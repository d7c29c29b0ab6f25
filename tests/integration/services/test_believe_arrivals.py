"""Arrivals that nobody objected to, on real stores."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import update

from hub.domain.booking_status import BookingStatus
from hub.domain.geofence import OBJECT_FOR, Crossing, CrossingKind
from hub.services.believe_arrivals import BelieveArrivals
from hub.services.change_status import change_status
from hub.services.change_visit import ChangeVisit
from hub.store import bookings, crossings, events
from hub.store.bookings import Booking
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.outbox_bell import OutboxBell
from hub.store.tables import booking
from tests.builders import NOW, SECRET, BuiltVisit, build_visit
from tests.fakes import FakeClock

S = BookingStatus
SET_OFF_AT = NOW - timedelta(minutes=20)


class Scene:
    """A visit under way, and who believes arrivals."""

    def __init__(self, db: Database, redis: Redis, visit: BuiltVisit) -> None:
        self.db, self.redis, self.booking_id, self.clock = db, redis, visit.booking_id, FakeClock()

    async def arrive(
        self, at: datetime = NOW, told_at: datetime | None = None, set_off_at: datetime = SET_OFF_AT
    ) -> None:
        """Have the recorder write an arrival."""
        async with self.db.write() as tx:
            crossed = Crossing(self.booking_id, set_off_at, CrossingKind.ARRIVED, at)
            await crossings.insert_crossings(tx, [crossed], told_at or at)

    async def believe(self, after: timedelta = OBJECT_FOR) -> int:
        """Look at it so long after NOW."""
        self.clock.now = NOW + after
        change = ChangeVisit(self.db, LiveChannel(self.redis), OutboxBell(self.redis), SECRET, self.clock)
        done = await BelieveArrivals(self.db, change, self.clock).work()
        await change.close()
        return done["arrivals"]

    async def booking(self) -> Booking:
        """Read the booking."""
        async with self.db.read() as tx:
            found = await bookings.get(tx, self.booking_id)
        assert found is not None
        return found


@pytest.fixture
async def scene(db: Database, redis_client: Redis) -> Scene:
    """Build a visit under way."""
    async with db.write() as tx:
        visit = await build_visit(tx, status=S.TRAVELING)
        await tx.execute(update(booking).values(traveling_at=SET_OFF_AT))
    return Scene(db, redis_client, visit)


async def test_after_a_minute_the_visit_begins_at_the_moment_of_the_arrival(scene: Scene) -> None:
    await scene.arrive()

    assert await scene.believe(OBJECT_FOR - timedelta(seconds=1)) == 0
    assert await scene.believe() == 1

    found = await scene.booking()
    assert (found.status, found.arrived_at) == (S.IN_PROGRESS, NOW)
    async with scene.db.read() as tx:
        last = (await events.of_booking(tx, scene.booking_id))[-1]
    assert (last.actor, last.data["to"], last.data["at"]) == ("geofence", "in_progress", NOW.isoformat())


async def test_watchers_are_told(scene: Scene) -> None:
    await scene.arrive()
    async with scene.redis.pubsub() as subscription:
        await subscription.subscribe("hub:{0}:live")
        await subscription.get_message(timeout=2)

        await scene.believe()

        message = await subscription.get_message(timeout=2)
    assert message is not None
    assert scene.booking_id.encode() in message["data"]


async def test_it_is_believed_once(scene: Scene) -> None:
    await scene.arrive()

    answers = await asyncio.gather(*(scene.believe() for _ in range(5)))

    assert sum(answers) == 1
    assert (await scene.booking()).version == 2


async def test_one_that_was_answered_is_left_alone(scene: Scene) -> None:
    await scene.arrive()
    async with scene.db.write() as tx:
        await crossings.answer_arrival(tx, scene.booking_id, NOW + timedelta(seconds=10))

    assert await scene.believe(timedelta(hours=1)) == 0
    assert (await scene.booking()).status is S.TRAVELING


async def test_a_phone_that_tells_late_gives_its_technician_the_minute_from_then_on(scene: Scene) -> None:
    await scene.arrive(told_at=NOW + timedelta(minutes=5))

    assert await scene.believe(timedelta(minutes=5, seconds=59)) == 0
    assert await scene.believe(timedelta(minutes=6)) == 1
    assert (await scene.booking()).arrived_at == NOW


async def test_an_arrival_of_an_earlier_way_does_not_count(scene: Scene) -> None:
    await scene.arrive(set_off_at=SET_OFF_AT - timedelta(hours=1))

    assert await scene.believe(timedelta(hours=1)) == 0


@pytest.mark.parametrize("status", [S.SCHEDULED, S.IN_PROGRESS, S.CANCELED])
async def test_nothing_is_open_once_the_technician_travels_no_more(scene: Scene, status: BookingStatus) -> None:
    await scene.arrive()
    await change_status(scene.db, scene.booking_id, status, actor="test", now=NOW, portal_id=None)
    if status is S.SCHEDULED:  # and sets off again
        await change_status(scene.db, scene.booking_id, S.TRAVELING, actor="test", now=NOW, portal_id=None)

    assert await scene.believe(timedelta(hours=1)) == 0


async def test_turning_back_while_it_is_looked_at_wins(scene: Scene) -> None:
    await scene.arrive()
    async with scene.db.read() as tx:
        (arrival,) = await crossings.open_arrivals(tx)
    await change_status(scene.db, scene.booking_id, S.SCHEDULED, actor="test", now=NOW, portal_id=None)

    late = NOW + OBJECT_FOR
    await change_status(
        scene.db, scene.booking_id, S.IN_PROGRESS, actor="geofence", now=late, portal_id=None, arrival=arrival
    )

    assert (await scene.booking()).status is S.SCHEDULED


async def test_objecting_and_believing_at_once_end_in_one_of_both(scene: Scene) -> None:
    await scene.arrive()

    async def object_() -> None:
        async with scene.db.write() as tx:
            await crossings.answer_arrival(tx, scene.booking_id, NOW)

    _, believed = await asyncio.gather(object_(), scene.believe())

    assert (await scene.booking()).status is (S.IN_PROGRESS if believed else S.TRAVELING)
    assert await scene.believe(timedelta(hours=1)) == 0
