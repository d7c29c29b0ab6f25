"""Visits that take several people: all of their time is taken, kept, moved and given back together."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.services.book_visit import Booked, NewVisit, book_visit
from hub.services.change_status import change_status
from hub.services.customers import Place
from hub.services.find_slots import find_slots
from hub.services.hold_slot import HOLD_FOR, Held, extend_hold, hold_slot, let_go
from hub.services.reschedule_visit import Drag, Moved, reschedule_visit, undo_change
from hub.store import booking_resources, crews, reservations, resources, service_types
from hub.store.database import Database
from hub.store.ids import new_id
from hub.store.reservations import Reservation
from tests.builders import NOW, SECRET
from tests.integration.services.booking_scene import AINO, BookingScene, booking_scene

FAR = Point(60.21, 24.90)
"""Twelve minutes from everywhere else."""


async def _scene_of_two_roles(db: Database, technicians: int) -> BookingScene:
    scene = await booking_scene(db, technicians)
    async with db.write() as tx:
        roles = [
            service_types.ServiceRole(
                id=new_id("ro"), service_type_id=scene.directory.service_type_id, name=name, position=number
            )
            for number, name in enumerate(("Fitter", "Helper"))
        ]
        await service_types.insert_roles(tx, roles)
    return scene


async def _kept(db: Database, holder_id: str) -> list[Reservation]:
    async with db.read() as tx:
        return await reservations.of_holder(tx, holder_id)


async def test_a_booking_takes_the_time_of_all_who_come(db: Database) -> None:
    scene = await _scene_of_two_roles(db, 2)
    slot = (await scene.slots())[3]

    booking = await scene.booking(await scene.book(slot))

    kept = await _kept(db, booking.id)
    assert sorted(booking.resources) == sorted(scene.technicians) == [row.resource_id for row in kept]
    assert booking.resources[0] == booking.resource_id
    async with db.read() as tx:
        roles = {row.role_id for row in await booking_resources.of_bookings(tx, [booking.id])}
    assert len(roles) == 2
    assert slot.visit.starts_at not in {one.visit.starts_at for one in await scene.slots()}


async def test_a_hold_of_a_team_is_one_hold(db: Database) -> None:
    scene = await _scene_of_two_roles(db, 2)
    slot = (await scene.slots())[3]

    held = await hold_slot(db, slot, NOW)

    assert isinstance(held, Held)
    extended = await extend_hold(db, held.id, NOW)
    assert isinstance(extended, Held)
    assert {row.expires_at for row in await _kept(db, held.id)} == {extended.expires_at}
    assert len(await _kept(db, held.id)) == 2
    assert await let_go(db, held.id, NOW)
    assert await scene.taken() == []


async def test_canceling_frees_all_and_undo_takes_the_same_team_again(db: Database) -> None:
    scene = await _scene_of_two_roles(db, 4)
    booking = await scene.booking(await scene.book((await scene.slots())[3]))

    await change_status(db, booking.id, BookingStatus.CANCELED, actor="x", now=NOW, portal_id=None)
    assert await scene.taken() == []
    assert await undo_change(db, booking.id, actor="x", now=NOW, portal_id=None) == Moved(booking.id)

    again = await scene.booking(booking.id)
    assert sorted(again.resources) == sorted(booking.resources)
    assert len(await _kept(db, booking.id)) == 2


async def test_a_crew_comes_with_its_members_and_nobody_twice(db: Database) -> None:
    scene = await booking_scene(db, 2)
    async with db.write() as tx:
        crew = resources.Resource(
            id=new_id("re"),
            portal_id=scene.directory.portal_id,
            name="Crew",
            base_lat=60.17,
            base_lon=24.94,
            kind="crew",
        )
        await resources.insert_resources(tx, [crew])
        members = [crews.CrewMember(crew_id=crew.id, resource_id=id_) for id_ in scene.technicians]
        await crews.insert_crew_members(tx, members)
    booking_id = await scene.book((await scene.slots())[3])

    given = Drag(team=(scene.technicians[0], crew.id))
    assert await reschedule_visit(db, booking_id, given, actor="x", now=NOW, portal_id=None) == Moved(booking_id)

    moved = await scene.booking(booking_id)
    assert moved.resource_id == scene.technicians[0]
    assert sorted(moved.resources) == sorted([*scene.technicians, crew.id])
    assert len(await _kept(db, booking_id)) == 3


async def test_a_team_that_moves_stays_together_and_may_be_given_to_others(db: Database) -> None:
    scene = await _scene_of_two_roles(db, 4)
    booking = await scene.booking(await scene.book((await scene.slots())[3]))
    others = tuple(id_ for id_ in scene.technicians if id_ not in booking.resources)

    later = Drag(starts_at=booking.starts_at + timedelta(hours=3))
    assert await reschedule_visit(db, booking.id, later, actor="x", now=NOW, portal_id=None) == Moved(booking.id)
    assert set((await scene.booking(booking.id)).resources) == set(booking.resources)
    given = Drag(team=others)
    assert await reschedule_visit(db, booking.id, given, actor="x", now=NOW, portal_id=None) == Moved(booking.id)

    moved = await scene.booking(booking.id)
    assert moved.resources == others
    assert [row.resource_id for row in await _kept(db, booking.id)] == sorted(others)


async def _book_far_away(scene: BookingScene, starts_at: datetime) -> str:
    far = msgspec.structs.replace(scene.wanted, place=FAR)
    found = await find_slots(scene.db, far, Interval(starts_at, starts_at + timedelta(minutes=1)), NOW)
    assert isinstance(found, list)
    place = Place(address="Far away", lat=FAR.lat, lon=FAR.lon)
    new = NewVisit(slot=found[0], hold_id=None, contact=AINO, location=place, notes="", actor="public")
    booked = await book_visit(scene.db, SECRET, new, NOW)
    assert isinstance(booked, Booked)
    return booked.booking_id


async def test_the_way_to_what_comes_next_is_renewed_when_a_visit_before_it_comes_and_goes(db: Database) -> None:
    scene = await booking_scene(db)
    slots = sorted(await scene.slots(), key=lambda one: one.visit.starts_at)
    after = await scene.book(slots[10])
    [from_base] = await _kept(db, after)

    before = await _book_far_away(scene, slots[6].visit.starts_at)
    [from_far] = await _kept(db, after)
    await change_status(db, before, BookingStatus.CANCELED, actor="x", now=NOW, portal_id=None)
    [from_base_again] = await _kept(db, after)

    assert from_far.protected_from < from_base.protected_from == from_base_again.protected_from


async def test_the_way_is_renewed_where_a_visit_of_the_same_technician_moves_away(db: Database) -> None:
    scene = await booking_scene(db)
    slots = sorted(await scene.slots(), key=lambda one: one.visit.starts_at)
    after = await scene.book(slots[10])
    [from_base] = await _kept(db, after)
    before = await _book_far_away(scene, slots[6].visit.starts_at)

    away = Drag(starts_at=slots[20].visit.starts_at)
    assert await reschedule_visit(db, before, away, actor="x", now=NOW, portal_id=None) == Moved(before)

    assert (await _kept(db, after))[0].protected_from == from_base.protected_from


async def test_a_hold_that_has_expired_no_longer_shortens_or_lengthens_ways(db: Database) -> None:
    scene = await booking_scene(db)
    slots = sorted(await scene.slots(), key=lambda one: one.visit.starts_at)
    far = msgspec.structs.replace(slots[6], place=FAR)
    after = await scene.book(slots[10])
    [from_base] = await _kept(db, after)
    assert isinstance(await hold_slot(db, far, NOW), Held)

    later = NOW + HOLD_FOR
    assert isinstance(await hold_slot(db, slots[14], later), Held)  # whoever takes time sweeps

    assert (await _kept(db, after))[0].protected_from == from_base.protected_from


async def test_of_two_who_confirm_one_hold_at_once_one_books(db: Database) -> None:
    scene = await booking_scene(db, 3)
    slot = (await scene.slots())[3]
    held = await hold_slot(db, slot, NOW)
    assert isinstance(held, Held)

    outcomes = await asyncio.gather(*(scene.try_to_book(slot, held.id) for _ in range(4)))

    assert sum(isinstance(outcome, Booked) for outcome in outcomes) == 1
    assert len(await scene.taken()) == 1


async def test_two_visits_that_change_places_at_once_do_not_wait_for_each_other_for_ever(db: Database) -> None:
    scene = await booking_scene(db, 2)
    slots = sorted(await scene.slots(), key=lambda one: one.visit.starts_at)
    one, other = [await scene.booking(await scene.book(slot)) for slot in (slots[3], slots[20])]

    for _ in range(3):
        swaps = [
            reschedule_visit(db, booking.id, Drag(team=(id_,)), actor="x", now=NOW, portal_id=None)
            for booking in (one, other)
            for id_ in scene.technicians
        ]
        assert all(isinstance(outcome, Moved) for outcome in await asyncio.gather(*swaps))

    assert len(await scene.taken()) == 2
