"""Measure ways to visits, on real databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from hub.domain.booking_status import BookingStatus
from hub.services.measure_travel import MeasureTravel
from hub.store import bookings
from hub.store.bookings import Booking
from hub.store.database import Database
from hub.store.tables import booking
from tests.builders import NOW, BuiltVisit, build_visit
from tests.fakes import FakeClock
from tests.integration.tracks import keep, track_point_at

ARRIVED_AT = NOW + timedelta(minutes=10)
SETTLED = ARRIVED_AT + timedelta(seconds=61)


async def _visit(db: Database, arrived_at: datetime = ARRIVED_AT) -> BuiltVisit:
    async with db.write() as tx:
        visit = await build_visit(tx, status=BookingStatus.IN_PROGRESS)
        change = update(booking).where(booking.c.id == visit.booking_id)
        await tx.execute(change.values(traveling_at=NOW, arrived_at=arrived_at))
    return visit


async def _drive(db: Database, visit: BuiltVisit, seconds: range, verdict: str = "accepted") -> None:
    resource_id = visit.directory.resource_id
    points = [
        track_point_at(NOW + timedelta(seconds=n), resource_id=resource_id, north_m=10.0 * n, verdict=verdict)
        for n in seconds
    ]
    await keep(db, points)


async def _measure(db: Database, now: datetime = SETTLED, exact: timedelta | None = timedelta(days=1)) -> int:
    return (await MeasureTravel(db, FakeClock(now), exact=exact).work())["measured_ways"]


async def _booking(db: Database, visit: BuiltVisit) -> Booking:
    async with db.read() as tx:
        found = await bookings.get(tx, visit.booking_id)
    assert found is not None
    return found


async def test_a_way_is_measured_a_minute_after_the_arrival_once(db: Database) -> None:
    visit = await _visit(db)
    await _drive(db, visit, range(-60, 700, 10))

    assert await _measure(db, ARRIVED_AT + timedelta(seconds=59)) == 0
    assert await _measure(db) == 1
    assert await _measure(db) == 0

    found = await _booking(db, visit)
    assert found.travel_distance_m == pytest.approx(6_000, rel=1e-3)
    assert (found.travel_s, found.travel_bridged_m, found.version) == (600.0, 0.0, 1)


async def test_what_was_not_believed_does_not_count(db: Database) -> None:
    visit = await _visit(db)
    await _drive(db, visit, range(0, 601, 10))
    resource_id = visit.directory.resource_id
    await keep(
        db,
        [
            track_point_at(NOW + timedelta(seconds=55), resource_id=resource_id, north_m=9e4, verdict="flagged"),
            track_point_at(
                NOW + timedelta(seconds=65),
                resource_id=resource_id,
                north_m=9e4,
                verdict="late",
                reasons=["inaccurate"],
            ),
        ],
    )

    await _measure(db)

    assert (await _booking(db, visit)).travel_distance_m == pytest.approx(6_000, rel=1e-3)


async def test_late_points_bring_a_new_measure_and_close_the_gap(db: Database) -> None:
    visit = await _visit(db)
    await _drive(db, visit, range(0, 100, 10))
    await _drive(db, visit, range(500, 601, 10))
    await _measure(db)
    assert (await _booking(db, visit)).travel_bridged_m == pytest.approx(4_100, rel=1e-3)

    await _drive(db, visit, range(100, 500, 10), verdict="late")
    assert await _measure(db, SETTLED + timedelta(hours=2)) == 1

    found = await _booking(db, visit)
    assert found.travel_distance_m == pytest.approx(6_000, rel=1e-3)
    assert found.travel_bridged_m == 0.0


async def test_after_a_day_late_points_change_nothing(db: Database) -> None:
    visit = await _visit(db)
    await _measure(db)
    await _drive(db, visit, range(0, 601, 10))

    assert await _measure(db, SETTLED + timedelta(days=1)) == 0
    assert await _measure(db, SETTLED + timedelta(hours=3), exact=timedelta(hours=2)) == 0
    assert await _measure(db, SETTLED + timedelta(hours=3), exact=None) == 1


async def test_a_way_without_a_track_has_only_a_time(db: Database) -> None:
    visit = await _visit(db)

    assert await _measure(db) == 1
    assert await _measure(db) == 0

    found = await _booking(db, visit)
    assert (found.travel_distance_m, found.travel_s) == (None, 600.0)


async def test_a_visit_nobody_travelled_to_is_left_alone(db: Database) -> None:
    visit = await _visit(db)
    async with db.write() as tx:
        await tx.execute(update(booking).values(traveling_at=None))

    assert await _measure(db) == 0
    assert (await _booking(db, visit)).travel_s is None
