"""Keep on real databases what arrivals customers were told, and find them once somebody has arrived."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from hub.domain.geofence import Crossing, CrossingKind
from hub.store import crossings, predictions
from hub.store.database import Database
from hub.store.tables import booking, eta_prediction
from tests.builders import NOW, build_directory
from tests.integration.told_arrivals import a_trip, told

MINUTE = timedelta(minutes=1)


async def scored(db: Database, resource_id: str) -> list[tuple[float, float]]:
    """Give the minutes at which it was told and at which they arrived, after setting off."""
    async with db.read() as tx:
        found = await predictions.to_score(tx, resource_id, NOW - timedelta(days=1))
    return [((one.computed_at - NOW) / MINUTE, (one.arrived_at - NOW) / MINUTE) for one in found]


async def test_an_arrival_that_comes_twice_is_kept_once(db: Database) -> None:
    async with db.write() as tx:
        await predictions.insert_predictions(tx, [told("bk_1", "re_1"), told("bk_1", "re_1", minute=1)])
    async with db.write() as tx:
        await predictions.insert_predictions(tx, [told("bk_1", "re_1", minute=1), told("bk_1", "re_1", minute=2)])
        await predictions.insert_predictions(tx, [])

    async with db.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(eta_prediction))).scalar_one() == 3


async def test_what_was_told_is_found_with_the_arrival_that_the_technician_reported(db: Database) -> None:
    visit = await a_trip(db, took_min=23)

    assert await scored(db, visit.directory.resource_id) == [(0, 23), (5, 23), (10, 23), (15, 23)]


async def test_the_arrival_that_the_phone_noticed_counts_before_the_reported_one(db: Database) -> None:
    visit = await a_trip(db, took_min=23, told_at_minutes=(1,))
    async with db.write() as tx:
        noticed = Crossing(visit.booking_id, NOW, CrossingKind.ARRIVED, NOW + 21 * MINUTE)
        near = Crossing(visit.booking_id, NOW, CrossingKind.APPROACHING, NOW + 19 * MINUTE)
        await crossings.insert_crossings(tx, [noticed, near], NOW)

    assert await scored(db, visit.directory.resource_id) == [(1, 21)]


async def test_a_way_that_goes_on_or_was_turned_back_from_is_not_found(db: Database) -> None:
    visit = await a_trip(db, took_min=None)
    assert await scored(db, visit.directory.resource_id) == []

    async with db.write() as tx:  # they set off again and arrived then
        again = update(booking).where(booking.c.id == visit.booking_id)
        await tx.execute(again.values(traveling_at=NOW + 60 * MINUTE, arrived_at=NOW + 80 * MINUTE))
    assert await scored(db, visit.directory.resource_id) == []


async def test_technicians_with_ended_ways_are_found_by_portal(db: Database) -> None:
    one, other = await a_trip(db), await a_trip(db)
    await a_trip(db, took_min=None)

    async with db.read() as tx:
        found = await predictions.finished(tx, NOW - timedelta(days=1))
        later = await predictions.finished(tx, NOW + timedelta(days=1))

    assert {(who.portal_id, who.resource_id) for who in found} == {
        (visit.directory.portal_id, visit.directory.resource_id) for visit in (one, other)
    }
    assert later == []


async def test_a_visit_that_is_unknown_stops_nobody(db: Database) -> None:
    async with db.write() as tx:
        directory = await build_directory(tx)
        await predictions.insert_predictions(tx, [told("bk_gone", directory.resource_id)])

    assert await scored(db, directory.resource_id) == []
