"""Which times are offered, on real databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.domain.slot_reasons import Reason
from hub.services.book_visit import Booked, NewVisit, book_visit
from hub.services.customers import Place
from hub.services.find_slots import find_others, wanted_by
from hub.store import reservations
from hub.store.database import Database
from tests.builders import NOW, SECRET
from tests.integration.services.booking_scene import AINO
from tests.integration.services.slot_scene import ACROSS, HERE, NEAR, TOMORROW, SlotScene, clock, slot_scene, who

HOUR = timedelta(hours=1)


async def booked(scene: SlotScene, hour: float, place: Point) -> str:
    """Book an offered time at a place and give the booking's id."""
    slot = next(one for one in await scene.offered(place) if one.visit.starts_at == TOMORROW + hour * HOUR)
    there = Place(address="Somewhere 1", lat=place.lat, lon=place.lon)
    new = NewVisit(slot=slot, hold_id=None, contact=AINO, location=there, notes="", actor="public")
    made = await book_visit(scene.db, SECRET, new, NOW)
    assert isinstance(made, Booked), made
    return made.booking_id


async def test_only_who_can_do_it_comes_and_only_until_a_certificate_expires(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        novice, expert, _nobody = [await scene.hire(tx) for _ in range(3)]
        gas = await scene.need(tx, "Gas", min_rating=2)
        await scene.teach(tx, novice, gas, 1)
        await scene.teach(tx, expert, gas, 3, until=TOMORROW + 10 * HOUR)

    offered = await scene.offered()

    assert who(offered) == {expert}
    assert clock(offered) == [8.0, 8.5, 9.0, 9.5]


async def test_territories_and_the_radius_of_the_type_bound_who_comes(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        ours, theirs, far = await scene.hire(tx), await scene.hire(tx), await scene.hire(tx, base=ACROSS)
        await scene.area(tx, HERE, ours)
        await scene.area(tx, ACROSS, theirs)
        await scene.set_service(tx, radius_m=5_000)

    assert who(await scene.offered(HERE)) == {ours}
    assert who(await scene.offered(ACROSS)) == {far}


async def test_an_accounts_wishes_count_where_the_place_is_known(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        one, other, never = [await scene.hire(tx) for _ in range(3)]
        await scene.wish(tx, max(one, other), "preferred")
        await scene.wish(tx, never, "restricted")

    offered = await scene.offered(known=True)
    assert who(offered) == {max(one, other)}
    assert {each.reason for each in offered} == {Reason.EARLIEST, Reason.USUAL}

    async with db.write() as tx:
        await scene.wish(tx, min(one, other), "must")
    assert who(await scene.offered(known=True)) == {min(one, other)}


async def test_hours_breaks_and_time_off_are_kept(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        one = await scene.hire(tx, hours=((8, 10), (11, 13)))
        await scene.absent(tx, one, TOMORROW + 11 * HOUR, TOMORROW + 12 * HOUR)

    assert clock(await scene.offered()) == [8.0, 8.5, 9.0, 9.5, 12.0, 12.5]


async def test_a_job_for_two_and_a_lift_takes_the_time_of_all_three(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        lead, *_ = [await scene.role(tx, 1), await scene.role(tx, 2), await scene.role(tx, 3, "equipment")]
        gas = await scene.need(tx, "Gas", role_id=lead)
        people = [await scene.hire(tx) for _ in range(2)]
        machine = await scene.hire(tx, kind="equipment", hours=())
        await scene.teach(tx, people[1], gas)

    offered = await scene.offered()
    assert {one.resource_ids for one in offered} == {(people[1], people[0], machine)}
    assert {one.reason for one in offered} == {Reason.EARLIEST, Reason.FIRST_OF_DAY}

    booking_id = await booked(scene, 10.0, HERE)
    async with db.read() as tx:
        kept = await reservations.of_holder(tx, booking_id)
    assert {one.resource_id for one in kept} == {*people, machine}
    assert 10.0 not in clock(await scene.offered())


async def test_a_crew_comes_as_a_whole(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        await scene.role(tx, 1, "crew")
        members = [await scene.hire(tx), await scene.hire(tx, hours=((12, 16),))]
        crew = await scene.crew(tx, *members)

    offered = await scene.offered()

    assert clock(offered) == [12.0, 12.5, 13.0, 13.5, 14.0, 14.5, 15.0, 15.5]
    assert who(offered) == {*members, crew}
    await booked(scene, 13.0, HERE)
    assert 13.0 not in clock(await scene.offered())


async def test_a_facilitys_visit_is_at_the_facility(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        await scene.role(tx, 1)
        await scene.role(tx, 2, "facility")
        one = await scene.hire(tx, base=ACROSS)
        workshop = await scene.hire(tx, kind="facility", base=ACROSS, hours=())

    offered = await scene.offered(HERE)

    assert {each.resource_ids for each in offered} == {(one, workshop)}
    assert offered[0].added_travel_s == 0


async def test_the_way_to_and_from_other_visits_is_kept_free_and_the_nearest_comes(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        await scene.hire(tx)
    await booked(scene, 10.0, NEAR)

    close, across = await scene.offered(NEAR), await scene.offered(ACROSS)

    assert {9.0, 9.5, 10.5, 11.0} <= set(clock(close))
    assert {9.5, 10.5, 11.0}.isdisjoint(clock(across))
    assert 14.0 in clock(across)
    beside = next(one for one in close if one.visit.starts_at == TOMORROW + 10.5 * HOUR)
    assert (beside.added_travel_s, beside.reason, beside.source) == (0, Reason.FREE, EtaSource.DISTANCE)


async def test_only_at_a_known_place_it_is_told_that_somebody_is_near(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        await scene.hire(tx)
    await booked(scene, 10.0, HERE)

    known, asked = [
        {one.reason for one in await scene.offered(known=known) if one.visit.starts_at == TOMORROW + 10.5 * HOUR}
        for known in (True, False)
    ]

    assert (known, asked) == ({Reason.NEAR}, {Reason.FREE})


async def test_a_group_is_offered_once_a_day_and_promised_as_a_whole(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        await scene.hire(tx)
        groups = [{"starts_s": 8 * 3_600, "ends_s": 12 * 3_600}, {"starts_s": 12 * 3_600, "ends_s": 16 * 3_600}]
        await scene.set_service(tx, time_groups=groups)

    offered = await scene.offered(days=2)

    windows = [((one.window.starts_at - TOMORROW) / HOUR, (one.window.ends_at - TOMORROW) / HOUR) for one in offered]
    assert windows == [(8, 12), (12, 16), (32, 36), (36, 40)]
    assert all(one.window.starts_at <= one.visit.starts_at < one.window.ends_at for one in offered)


async def test_starts_are_round_on_the_customers_clock_and_hours_on_the_portals(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        await scene.hire(tx, hours=((8, 10),))
        await scene.set_service(tx, interval_s=3_600)
        await scene.move_to(tx, "Asia/Kolkata")  # three and a half hours ahead

    assert clock(await scene.offered(known=True)) == [8.5, 9.5]
    assert clock(await scene.offered()) == [8.0, 9.0]


async def test_buffers_and_lead_times_are_those_of_the_type(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        await scene.hire(tx)
        await scene.set_service(tx, buffer_s=3_600, lead_max_s=17 * 3_600)

    assert clock(await scene.offered()) == [8.0, 8.5, 9.0]


async def test_whoever_is_late_gets_others_near_the_wanted_time(db: Database) -> None:
    scene = await slot_scene(db)
    async with db.write() as tx:
        await scene.hire(tx)
    slot = (await scene.offered())[4]

    others = await find_others(db, wanted_by(slot), slot.visit.starts_at, NOW)

    assert sorted(abs(one.visit.starts_at - slot.visit.starts_at) for one in others) == [
        0 * HOUR,
        *[HOUR / 2] * 2,
        *[HOUR] * 2,
    ]


async def test_as_many_queries_are_made_for_many_as_for_few(db: Database) -> None:
    scene = await slot_scene(db)
    statements: list[str] = []
    event.listen(db._reader.sync_engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    counts = []
    for _ in range(2):
        async with db.write() as tx:
            made = [await scene.hire(tx) for _ in range(10)]
            await scene.area(tx, HERE, *made)
        statements.clear()
        assert await scene.offered(days=14)
        counts.append(len(statements))

    assert counts[0] == counts[1] < 25
