"""A better day is proposed, applied as one change or not at all, and never against what was promised."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.intervals import Interval
from hub.services.change_status import change_status
from hub.services.move_visits import REPLANNED, Applied, DayChanged, UnknownPlan
from hub.services.replan_day import ReplanDay
from hub.services.reschedule_visit import Drag, reschedule_visit
from hub.store import (
    accounts,
    bookings,
    day_plans,
    events,
    outbox,
    preferences,
    qualifications,
    reservations,
    service_types,
    time_off,
    work_orders,
    working_hours,
)
from hub.store.bookings import Booking
from hub.store.database import Database
from hub.store.ids import new_id
from tests.builders import NOW, BuiltDirectory, build_directory, build_resource

TOMORROW = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 7, tzinfo=UTC)
NORTH, SOUTH = 60.22, 60.12
"""Some kilometres on either side of everybody's base."""


class Crossed(msgspec.Struct, frozen=True):
    """Two technicians who each drive north and south, where one of them could do each."""

    db: Database
    directory: BuiltDirectory
    technicians: tuple[str, str]
    visits: tuple[str, ...]

    def planner(self) -> ReplanDay:
        """Build the service."""
        return ReplanDay(self.db, None, lambda: NOW, rounds=200)

    async def booked(self, id_: str) -> Booking:
        """Read a booking."""
        async with self.db.read() as tx:
            found = await bookings.get(tx, id_)
        assert found is not None
        return found

    async def times(self) -> list[tuple[str, datetime]]:
        """Read by whom and when each visit is done."""
        return [(one.resource_id, one.starts_at) for one in [await self.booked(id_) for id_ in self.visits]]


async def crossed(db: Database, morning: datetime = MORNING) -> Crossed:
    """Build it, for a day whose first visits begin then."""
    async with db.write() as tx:
        directory = await build_directory(tx)
        people = (directory.resource_id, await build_resource(tx, directory.portal_id))
        for id_ in people:
            hours = [
                working_hours.WorkingHours(resource_id=id_, weekday=weekday, starts_s=starts, ends_s=ends)
                for weekday in range(7)
                for starts, ends in ((8 * 3600, 12 * 3600), (12 * 3600 + 1800, 17 * 3600))
            ]
            await working_hours.insert_working_hours(tx, hours)
        visits = []
        for resource_id, lats in zip(people, ((NORTH, SOUTH), (SOUTH, NORTH)), strict=True):
            for lat, hour in zip(lats, (0, 2), strict=True):
                visits.append(await _visit(tx, directory, resource_id, lat, morning + timedelta(hours=hour)))
    return Crossed(db, directory, people, tuple(visits))


async def _visit(
    tx: AsyncConnection, directory: BuiltDirectory, resource_id: str, lat: float, starts_at: datetime
) -> str:
    place = accounts.Location(
        id=new_id("lo"),
        account_id=directory.account_id,
        address="Somewhere 1",
        lat=lat,
        lon=24.94,
        time_zone="Europe/Helsinki",
    )
    await accounts.insert_locations(tx, [place])
    order = work_orders.WorkOrder(
        id=new_id("wo"),
        portal_id=directory.portal_id,
        account_id=directory.account_id,
        contact_id=directory.contact_id,
        location_id=place.id,
        service_type_id=directory.service_type_id,
    )
    booking = bookings.NewBooking(
        id=new_id("bk"),
        work_order_id=order.id,
        resource_id=resource_id,
        status=BookingStatus.SCHEDULED,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        window_earliest=starts_at,
        window_latest=starts_at + timedelta(hours=1),
        created_at=NOW,
        updated_at=NOW,
    )
    await work_orders.insert_work_orders(tx, [order])
    await bookings.insert_bookings(tx, [booking])
    kept = Interval(starts_at - timedelta(minutes=20), booking.ends_at)
    await reservations.insert(tx, reservations.of_booking(booking.id, resource_id, kept))
    return booking.id


async def _kinds(scene: Crossed, booking_id: str) -> Sequence[str]:
    async with scene.db.read() as tx:
        return [one.kind for one in await events.of_booking(tx, booking_id)]


async def test_a_better_day_is_proposed_and_nothing_moves_yet(db: Database) -> None:
    scene = await crossed(db)
    before = await scene.times()

    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)

    assert len(plan.moves) == 2
    assert plan.saved_s > 1_800
    assert await scene.times() == before
    async with db.read() as tx:
        assert await day_plans.proposed(tx, scene.directory.portal_id, "2026-11-24") == [plan]


async def test_applying_moves_all_visits_and_says_why(db: Database) -> None:
    scene = await crossed(db)
    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)

    applied = await scene.planner().apply(scene.directory.portal_id, plan.id, actor="staff:st_1")

    assert isinstance(applied, Applied)
    for move in plan.moves:
        booking = await scene.booked(move.booking_id)
        assert (booking.resource_id, booking.starts_at) == (move.resource_id, move.starts_at)
        assert booking.window_earliest <= booking.starts_at < booking.window_latest
        async with db.read() as tx:
            (event,) = [one for one in await events.of_booking(tx, booking.id) if one.kind == REPLANNED]
            (kept,) = await reservations.of_holder(tx, booking.id)
            told = await outbox.of_booking(tx, booking.id)
        assert event.actor == "staff:st_1"
        assert event.data["was_resource"] == move.was_resource_id
        assert "less travel" in event.data["reason"]
        assert kept.resource_id == move.resource_id
        assert told == []  # their promise stands, and so does the start
    again = await scene.planner().apply(scene.directory.portal_id, plan.id, actor="staff:st_1")
    assert isinstance(again, UnknownPlan)


async def test_after_it_was_applied_there_is_nothing_to_gain(db: Database) -> None:
    scene = await crossed(db)
    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)
    await scene.planner().apply(scene.directory.portal_id, plan.id, actor="hub:replan")

    again = await scene.planner().propose(scene.directory.portal_id, TOMORROW)

    assert again.moves == []
    assert again.before_s == plan.after_s


async def test_a_plan_whose_day_changed_meanwhile_is_refused_as_a_whole(db: Database) -> None:
    scene = await crossed(db)
    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)
    gone = plan.moves[0].booking_id
    await change_status(db, gone, BookingStatus.CANCELED, actor="link:li_1", now=NOW, portal_id=None)
    before = await scene.times()

    refused = await scene.planner().apply(scene.directory.portal_id, plan.id, actor="staff:st_1")

    assert refused == DayChanged(gone)
    assert await scene.times() == before
    assert REPLANNED not in [kind for id_ in scene.visits for kind in await _kinds(scene, id_)]
    async with db.read() as tx:
        assert await day_plans.proposed(tx, scene.directory.portal_id, "2026-11-24") == []


async def test_a_plan_is_refused_where_somebody_took_the_time_meanwhile(db: Database) -> None:
    scene = await crossed(db)
    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)
    move = plan.moves[0]
    async with db.write() as tx:
        absence = time_off.TimeOff(
            id=new_id("to"),
            resource_id=move.resource_id,
            starts_at=move.starts_at,
            ends_at=move.starts_at + timedelta(minutes=10),
        )
        await time_off.insert_time_off(tx, [absence])
    before = await scene.times()

    refused = await scene.planner().apply(scene.directory.portal_id, plan.id, actor="staff:st_1")

    assert isinstance(refused, DayChanged)
    assert await scene.times() == before


async def test_who_was_chosen_by_staff_stays(db: Database) -> None:
    scene = await crossed(db)
    for id_ in scene.visits:
        drag = Drag(starts_at=(await scene.booked(id_)).starts_at + timedelta(minutes=1))
        await reschedule_visit(db, id_, drag, actor="staff:st_1", now=NOW, portal_id=None)

    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)

    assert all(move.resource_id == move.was_resource_id for move in plan.moves)


async def test_only_who_is_qualified_and_welcome_takes_a_visit_over(db: Database) -> None:
    scene = await crossed(db)
    async with db.write() as tx:
        await preferences.insert_preferences(
            tx,
            [
                preferences.Preference(
                    account_id=scene.directory.account_id, resource_id=scene.technicians[1], kind="restricted"
                )
            ],
        )
    assert (await scene.planner().propose(scene.directory.portal_id, TOMORROW)).moves == []


async def test_a_skill_that_only_one_has_keeps_the_visits_with_them(db: Database) -> None:
    scene = await crossed(db)
    async with db.write() as tx:
        skill = new_id("ch")
        await qualifications.insert_characteristics(
            tx, [qualifications.Characteristic(id=skill, portal_id=scene.directory.portal_id, name="Gas", kind="skill")]
        )
        needed = service_types.Requirement(
            id=new_id("rq"), service_type_id=scene.directory.service_type_id, characteristic_id=skill
        )
        await service_types.insert_requirements(tx, [needed])

    assert (await scene.planner().propose(scene.directory.portal_id, TOMORROW)).moves == []


async def test_a_proposal_can_be_put_away(db: Database) -> None:
    scene = await crossed(db)
    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)

    assert await scene.planner().dismiss(scene.directory.portal_id, plan.id, actor="staff:st_1")
    assert not await scene.planner().dismiss(scene.directory.portal_id, plan.id, actor="staff:st_1")
    assert isinstance(await scene.planner().apply(scene.directory.portal_id, plan.id, actor="staff:st_1"), UnknownPlan)


async def test_of_two_who_apply_a_plan_at_once_one_does(db: Database) -> None:
    scene = await crossed(db)
    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)

    outcomes = await asyncio.gather(
        *(scene.planner().apply(scene.directory.portal_id, plan.id, actor=f"staff:{who}") for who in ("a", "b"))
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["Applied", "UnknownPlan"]


async def test_a_customer_who_moves_a_visit_meanwhile_and_the_plan_do_not_mix(db: Database) -> None:
    scene = await crossed(db)
    plan = await scene.planner().propose(scene.directory.portal_id, TOMORROW)
    moved = plan.moves[0].booking_id
    drag = Drag(starts_at=(await scene.booked(moved)).starts_at + timedelta(hours=4))

    applied, _ = await asyncio.gather(
        scene.planner().apply(scene.directory.portal_id, plan.id, actor="staff:a"),
        reschedule_visit(db, moved, drag, actor="staff:b", now=NOW, portal_id=None),
    )

    kinds = [REPLANNED in await _kinds(scene, move.booking_id) for move in plan.moves]
    assert kinds == [isinstance(applied, Applied)] * len(plan.moves)
    async with db.read() as tx:
        held = [await reservations.of_holder(tx, id_) for id_ in scene.visits]
    assert [len(rows) for rows in held] == [1] * len(scene.visits)
