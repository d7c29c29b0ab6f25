"""Change a booking's status, on real databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from hub.domain.booking_status import BookingStatus
from hub.domain.work_order import WorkOrderStatus
from hub.services.change_status import (
    StatusChanged,
    StatusOutcome,
    StatusRefused,
    StatusUnchanged,
    TimeInFuture,
    change_status,
)
from hub.services.outcomes import UnknownBooking
from hub.store import bookings, events, work_orders
from hub.store.bookings import Booking
from hub.store.database import Database
from hub.store.events import Event
from tests.builders import NOW, BuiltVisit, build_directory, build_visit

S = BookingStatus


async def _visit(db: Database, status: BookingStatus = S.SCHEDULED) -> BuiltVisit:
    async with db.write() as tx:
        return await build_visit(tx, status=status)


async def _change(db: Database, visit: BuiltVisit, wanted: BookingStatus, **options: Any) -> StatusOutcome:
    options = {"actor": "api_key:ak_1", "now": NOW, "portal_id": visit.directory.portal_id, **options}
    return await change_status(db, visit.booking_id, wanted, **options)


async def _booking(db: Database, visit: BuiltVisit) -> Booking:
    async with db.read() as tx:
        found = await bookings.get(tx, visit.booking_id)
    assert found is not None
    return found


async def _events(db: Database, visit: BuiltVisit) -> list[Event]:
    async with db.read() as tx:
        return await events.of_booking(tx, visit.booking_id)


async def test_setting_off_changes_booking_and_work_order_and_writes_one_event(db: Database) -> None:
    visit = await _visit(db)
    set_off_at = NOW - timedelta(seconds=5)

    outcome = await _change(db, visit, S.TRAVELING, at=set_off_at)

    assert isinstance(outcome, StatusChanged)
    assert (outcome.previous, outcome.status, outcome.version) == (S.SCHEDULED, S.TRAVELING, 2)
    booking = await _booking(db, visit)
    assert (booking.status, booking.version, booking.traveling_at) == (S.TRAVELING, 2, set_off_at)
    assert (booking.updated_at, booking.work_order_status) == (NOW, WorkOrderStatus.IN_PROGRESS)
    [event] = await _events(db, visit)
    assert (event.id, event.kind, event.actor) == (outcome.event_id, "booking.status_changed", "api_key:ak_1")
    assert (event.at, event.portal_id) == (NOW, visit.directory.portal_id)
    assert event.data == {"from": "scheduled", "to": "traveling", "at": set_off_at.isoformat()}


async def test_a_whole_visit_keeps_its_actual_times_and_never_moves_the_planned_ones(db: Database) -> None:
    visit = await _visit(db)
    planned = await _booking(db, visit)
    story = [S.TRAVELING, S.SCHEDULED, S.TRAVELING, S.IN_PROGRESS, S.ON_BREAK, S.IN_PROGRESS, S.COMPLETED]

    for minute, status in enumerate(story, start=1):
        moment = NOW + timedelta(minutes=minute)
        assert isinstance(await _change(db, visit, status, now=moment), StatusChanged)

    done = await _booking(db, visit)
    assert (done.starts_at, done.ends_at) == (planned.starts_at, planned.ends_at)
    assert done.traveling_at == NOW + timedelta(minutes=3)
    assert done.arrived_at == NOW + timedelta(minutes=4)
    assert done.completed_at == NOW + timedelta(minutes=7)
    assert done.work_order_status == WorkOrderStatus.COMPLETED
    assert [event.data["to"] for event in await _events(db, visit)] == story


async def test_turning_back_forgets_the_departure(db: Database) -> None:
    visit = await _visit(db)
    await _change(db, visit, S.TRAVELING)

    await _change(db, visit, S.SCHEDULED)

    booking = await _booking(db, visit)
    assert (booking.traveling_at, booking.work_order_status) == (None, WorkOrderStatus.SCHEDULED)


async def test_the_same_status_again_writes_nothing(db: Database) -> None:
    visit = await _visit(db, S.TRAVELING)

    outcome = await _change(db, visit, S.TRAVELING)

    assert outcome == StatusUnchanged(booking_id=visit.booking_id, status=S.TRAVELING, version=1)
    assert await _events(db, visit) == []


async def test_a_change_that_may_not_follow_is_refused_with_the_allowed_ones(db: Database) -> None:
    visit = await _visit(db, S.COMPLETED)

    assert await _change(db, visit, S.TRAVELING) == StatusRefused(current=S.COMPLETED, allowed=())
    assert (await _booking(db, visit)).version == 1
    assert await _events(db, visit) == []


async def test_a_time_more_than_a_minute_ahead_is_bad_input(db: Database) -> None:
    visit = await _visit(db)
    latest = NOW + timedelta(seconds=60)

    refused = await _change(db, visit, S.TRAVELING, at=latest + timedelta(milliseconds=1))
    taken = await _change(db, visit, S.TRAVELING, at=latest)

    assert refused == TimeInFuture(latest=latest)
    assert isinstance(taken, StatusChanged)


async def test_another_portals_booking_is_unknown(db: Database) -> None:
    visit = await _visit(db)
    async with db.write() as tx:
        stranger = await build_directory(tx)

    outcome = await _change(db, visit, S.TRAVELING, portal_id=stranger.portal_id)

    assert outcome == UnknownBooking(visit.booking_id)
    assert (await _booking(db, visit)).status is S.SCHEDULED


async def test_a_booking_that_does_not_exist_is_unknown(db: Database) -> None:
    outcome = await change_status(db, "bk_nothing", S.TRAVELING, actor="test", now=NOW, portal_id=None)

    assert outcome == UnknownBooking("bk_nothing")


@pytest.mark.parametrize(
    ("unfinished", "expected"), [(False, WorkOrderStatus.COMPLETED), (True, WorkOrderStatus.UNSCHEDULED)]
)
async def test_a_completed_booking_may_leave_its_work_order_unfinished(
    db: Database, *, unfinished: bool, expected: WorkOrderStatus
) -> None:
    visit = await _visit(db, S.IN_PROGRESS)

    await _change(db, visit, S.COMPLETED, unfinished=unfinished)

    async with db.read() as tx:
        order = await work_orders.get_work_order(tx, visit.work_order_id)
    assert order is not None
    assert order.status is expected


async def test_twenty_changes_at_once_yield_one_event(db: Database) -> None:
    visit = await _visit(db)

    outcomes = await asyncio.gather(*(_change(db, visit, S.TRAVELING) for _ in range(20)))

    assert Counter(type(outcome) for outcome in outcomes) == {StatusChanged: 1, StatusUnchanged: 19}
    assert len(await _events(db, visit)) == 1
    assert (await _booking(db, visit)).version == 2
