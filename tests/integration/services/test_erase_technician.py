"""Erase everything about one technician, on real stores, while others go on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, cast

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import insert, select, update

from hub.domain.booking_status import BookingStatus
from hub.domain.geofence import Crossing, CrossingKind
from hub.domain.ping import Ping
from hub.domain.tokens import token_hash
from hub.services.authenticate import DeviceIdentity, authenticate_device
from hub.services.erase_technician import Erased, EraseTechnician, StillComing
from hub.services.follow_journeys import Journeys
from hub.services.ingest_pings import IngestPings
from hub.services.judge_pings import Rules
from hub.services.outcomes import UnknownResource
from hub.services.record_track import RecordTrack
from hub.store import (
    bookings,
    crews,
    crossings,
    enrolments,
    events,
    preferences,
    qualifications,
    resources,
    tables,
    time_off,
)
from hub.store.crews import CrewMember
from hub.store.crossings import EVENT_KIND
from hub.store.database import Database
from hub.store.ids import new_id
from hub.store.live_traces import LiveTraces
from hub.store.ping_store import PingStore
from hub.store.ping_stream import Entry, PingStream
from hub.store.predictions import insert_predictions
from hub.store.preferences import Preference
from hub.store.qualifications import Characteristic, ResourceCharacteristic
from hub.store.tables import booking, device, eta_prediction, event, resource, track_import
from hub.store.time_off import TimeOff
from tests.builders import NOW, BuiltVisit, build_device, build_enrolment, build_resource, build_visit
from tests.fakes import FakeClock, FakeDevices, FakeJourneys
from tests.integration.groups import group
from tests.integration.told_arrivals import told
from tests.integration.tracks import count_points, keep, kept_at, track_point_at
from tests.unit.domain.pings import ping

HOUR = timedelta(hours=1)


class Scene:
    """Two technicians, one of whom is to be erased."""

    def __init__(self, db: Database, redis: Redis, visit: BuiltVisit, device_id: str, token: str, other: str) -> None:
        self.db, self.redis, self.visit = db, redis, visit
        self.device_id, self.token, self.other = device_id, token, other
        self.resource_id = visit.directory.resource_id
        self.stream = PingStream(redis, "one")

    def erasing(self) -> EraseTechnician:
        """Build who erases, without much patience."""
        return EraseTechnician(self.db, LiveTraces(self.redis), FakeClock(), closing_s=0.0, recording_s=0.3)

    def web(self) -> IngestPings:
        """Build the ingesting part of a web process."""
        journeys = cast(Journeys, FakeJourneys())
        return IngestPings(PingStore(self.redis, 3_600), journeys, FakeDevices(), Rules(), FakeClock())

    async def record(self) -> int:
        """Record what waits."""
        return await RecordTrack(self.db, self.stream, FakeClock()).record_some()

    def identity(self, *, of_other: bool = False) -> DeviceIdentity:
        """Be the technician's device."""
        device_id, resource_id = ("de_other", self.other) if of_other else (self.device_id, self.resource_id)
        return DeviceIdentity(device_id=device_id, resource_id=resource_id, portal_id="po", expires_at=None)


@pytest.fixture
async def scene(db: Database, redis_client: Redis) -> Scene:
    """Build them."""
    async with db.write() as tx:
        visit = await build_visit(tx, status=BookingStatus.TRAVELING)
        device_id, token = await build_device(tx, visit.directory.resource_id)
        other = await build_resource(tx, visit.directory.portal_id)
    made = Scene(db, redis_client, visit, device_id, token, other)
    await made.stream.prepare()
    return made


async def _send(scene: Scene, web: IngestPings, *pings: Ping, of_other: bool = False) -> None:
    running = asyncio.create_task(web.run())
    await web.ingest(scene.identity(of_other=of_other), pings, 5.0)
    running.cancel()


async def test_absences_skills_crews_and_preferences_go_with_them(scene: Scene) -> None:
    directory = scene.visit.directory
    async with scene.db.write() as tx:
        own = update(resource).where(resource.c.id == scene.resource_id)
        await tx.execute(own.values(external_id="payroll 7"))
        ill = TimeOff(id=new_id("to"), resource_id=scene.resource_id, starts_at=NOW, ends_at=NOW + HOUR, reason="ill")
        await time_off.insert_time_off(tx, [ill])
        gas = Characteristic(id="ch_1", portal_id=directory.portal_id, name="Gas", kind="skill")
        await qualifications.insert_characteristics(tx, [gas])
        await qualifications.give(tx, [ResourceCharacteristic(resource_id=scene.resource_id, characteristic_id="ch_1")])
        await crews.insert_crew_members(tx, [CrewMember(crew_id=scene.other, resource_id=scene.resource_id)])
        await preferences.insert_preferences(
            tx, [Preference(account_id=directory.account_id, resource_id=scene.resource_id, kind="preferred")]
        )

    await scene.erasing().erase(scene.resource_id)

    async with scene.db.read() as tx:
        for table in (tables.time_off, tables.resource_characteristic, tables.crew_member, tables.preference):
            assert (await tx.execute(select(table))).all() == []
        query = select(resource.c.external_id).where(resource.c.id == scene.resource_id)
        assert (await tx.execute(query)).scalar_one() is None


async def _raw(redis: Redis) -> bytes:
    """Read everything that the store holds, as one heap of bytes."""
    heap = b""
    names: Any = await redis.keys("*")
    for name in names:
        kind = await redis.type(name)
        if kind == b"hash":
            heap += repr(await redis.hgetall(name)).encode()
        elif kind == b"stream":
            heap += repr(await redis.xrange(name)).encode()
        heap += name
    return heap


async def test_nothing_is_left_of_the_technician_and_everything_of_the_other(scene: Scene) -> None:
    web = scene.web()
    await _send(scene, web, ping(1), ping(2))
    await _send(scene, web, ping(3), of_other=True)
    await scene.record()
    await scene.record()
    await _send(scene, web, ping(4))
    async with scene.db.write() as tx:
        await build_enrolment(tx, scene.resource_id)
        await tx.execute(update(booking).values(traveling_at=NOW, travel_distance_m=5.0, travel_s=9.0))
        await crossings.insert_crossings(tx, [Crossing(scene.visit.booking_id, NOW, CrossingKind.ARRIVED, NOW)], NOW)
        await insert_predictions(tx, [told("bk_1", scene.resource_id), told("bk_2", scene.other)])
        await tx.execute(
            insert(track_import).values(
                id="ti_1", device_id=scene.device_id, resource_id=scene.resource_id, name="home.gpx", status="done",
                total=1, done=1, verdicts={}, created_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip

    done = await scene.erasing().erase(scene.resource_id)

    assert done == Erased(points=2, open_visits=1)
    assert await kept_at(scene.db, scene.resource_id) == []
    assert await kept_at(scene.db, scene.other) == [3]
    heap = await _raw(scene.redis)
    assert scene.resource_id.encode() not in heap
    assert scene.device_id.encode() not in heap
    assert scene.other.encode() in heap
    async with scene.db.read() as tx:
        person = await resources.get_resource(tx, scene.resource_id)
        visit = await bookings.get(tx, scene.visit.booking_id)
        happened = [one.kind for one in await events.of_booking(tx, scene.visit.booking_id)]
        audit = (await tx.execute(select(event).where(event.c.kind == "resource.erased"))).one()
        assert (await tx.execute(select(device.c.id))).all() == []
        assert (await tx.execute(select(track_import.c.id))).all() == []
        assert await crossings.of_booking(tx, scene.visit.booking_id) == []
        assert list((await tx.execute(select(eta_prediction.c.resource_id))).scalars()) == [scene.other]
    assert person is not None
    assert visit is not None
    assert (person.name, person.phone, person.active, person.base_lat) == ("(erased)", None, False, 0.0)
    assert (visit.resource_id, visit.travel_distance_m, visit.travel_s) == (scene.resource_id, None, None)
    assert EVENT_KIND not in happened
    assert audit.data == {"resource": scene.resource_id, "points": 2, "devices": 1}
    assert "Virtanen" not in str(audit)


async def test_devices_may_send_no_more_from_the_first_moment_on(scene: Scene) -> None:
    erasing = EraseTechnician(scene.db, LiveTraces(scene.redis), FakeClock(), closing_s=30)
    working = asyncio.create_task(erasing.erase(scene.resource_id))
    for _ in range(100):
        if await authenticate_device(scene.db, scene.token, NOW) is None:
            break
        await asyncio.sleep(0.02)

    assert await authenticate_device(scene.db, scene.token, NOW) is None
    working.cancel()


async def test_pings_that_wait_go_and_those_of_others_in_the_same_entry_stay(scene: Scene) -> None:
    groups = [
        group([ping(1)], resource_id=scene.resource_id, device_id=scene.device_id),
        group([ping(2)], resource_id=scene.other, device_id="de_other"),
    ]
    await PingStore(scene.redis, 3_600).commit(groups)
    assert await scene.stream.length() == 1

    await scene.erasing().erase(scene.resource_id)
    assert await scene.record() == 1

    assert await kept_at(scene.db, scene.resource_id) == []
    assert await kept_at(scene.db, scene.other) == [2]


async def test_a_recorder_that_had_taken_pings_brings_nothing_back(scene: Scene) -> None:
    web = scene.web()
    await _send(scene, web, ping(1))
    await _send(scene, web, ping(2), of_other=True)

    class SlowStream(PingStream):
        async def read(self) -> list[Entry]:
            entries = await super().read()
            erasing.append(asyncio.create_task(scene.erasing().erase(scene.resource_id)))
            await asyncio.sleep(0.15)  # taken, and not written yet
            return entries

    erasing: list[asyncio.Task[object]] = []
    await RecordTrack(scene.db, SlowStream(scene.redis, "one"), FakeClock()).record_some()

    assert await erasing[0] == Erased(points=1, open_visits=1)
    await scene.record()
    assert await kept_at(scene.db, scene.resource_id) == []
    assert await kept_at(scene.db, scene.other) == [2]


async def test_a_recorder_that_died_with_pings_brings_nothing_back(scene: Scene) -> None:
    await _send(scene, scene.web(), ping(1))
    await scene.stream.read()  # and never heard of again

    await scene.erasing().erase(scene.resource_id)

    assert await RecordTrack(scene.db, PingStream(scene.redis, "one"), FakeClock()).record_some() == 0
    assert await PingStream(scene.redis, "two", abandoned_ms=0).read() == []
    assert await count_points(scene.db) == 0


async def test_a_web_process_that_remembers_the_state_cannot_bring_it_back(scene: Scene) -> None:
    web = scene.web()
    await _send(scene, web, ping(1, north_m=50))
    await scene.erasing().erase(scene.resource_id)

    await _send(scene, web, ping(2, north_m=60))  # a device that the process admitted before

    (state,) = [msgspec.json.decode(raw) for raw in await scene.redis.hvals("hub:{0}:states")]
    assert b"60.1704" not in msgspec.json.encode(state)
    assert await LiveTraces(scene.redis).any_left(scene.resource_id)

    await scene.erasing().erase(scene.resource_id)
    assert not await LiveTraces(scene.redis).any_left(scene.resource_id)


async def test_what_still_comes_in_is_told(scene: Scene) -> None:
    class Refilling(LiveTraces):
        async def any_left(self, resource_id: str) -> bool:
            await _send(scene, scene.web(), ping(1))
            return await super().any_left(resource_id)

    erasing = EraseTechnician(scene.db, Refilling(scene.redis), FakeClock(), closing_s=0, recording_s=0)

    assert await erasing.erase(scene.resource_id) == StillComing()


async def test_one_that_is_killed_may_be_called_again(scene: Scene) -> None:
    points = [track_point_at(NOW + timedelta(seconds=n), resource_id=scene.resource_id) for n in range(1_500)]
    await keep(scene.db, points)
    for pause_s in (0.0, 0.01, 0.05):
        working = asyncio.create_task(scene.erasing().erase(scene.resource_id))
        await asyncio.sleep(pause_s)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    assert isinstance(await scene.erasing().erase(scene.resource_id), Erased)
    assert await count_points(scene.db) == 0


async def test_nobody_can_be_enrolled_again_by_an_old_link(scene: Scene) -> None:
    async with scene.db.write() as tx:
        _, token = await build_enrolment(tx, scene.resource_id)

    await scene.erasing().erase(scene.resource_id)

    async with scene.db.read() as tx:
        assert await enrolments.find_by_hash(tx, token_hash(token)) is None


async def test_an_unknown_technician_is_told(scene: Scene) -> None:
    assert await scene.erasing().erase("re_nobody") == UnknownResource("re_nobody")
