"""Keep on real databases that technicians approached, arrived and left."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from hub.domain.booking_status import BookingStatus
from hub.domain.geofence import Crossing, CrossingKind
from hub.store import crossings
from hub.store.crossings import EVENT_KIND, OpenArrival
from hub.store.database import Database
from hub.store.tables import booking, event
from tests.builders import NOW, BuiltVisit, build_visit

APPROACHING, ARRIVED, LEFT = CrossingKind.APPROACHING, CrossingKind.ARRIVED, CrossingKind.LEFT
SET_OFF = NOW - timedelta(minutes=20)


@pytest.fixture
async def visit(db: Database) -> BuiltVisit:
    """Build a visit to which somebody travels."""
    async with db.write() as tx:
        made = await build_visit(tx, status=BookingStatus.TRAVELING)
        await tx.execute(update(booking).values(traveling_at=SET_OFF))
    return made


def crossed(
    visit: BuiltVisit, kind: CrossingKind = ARRIVED, *, minute: float = 0, set_off: datetime = SET_OFF
) -> Crossing:
    return Crossing(visit.booking_id, set_off, kind, NOW + timedelta(minutes=minute))


async def _insert(db: Database, *found: Crossing) -> None:
    async with db.write() as tx:
        await crossings.insert_crossings(tx, found, NOW)


async def _events(db: Database) -> list[tuple[str, dict[str, str]]]:
    async with db.read() as tx:
        found = await tx.execute(select(event.c.booking_id, event.c.data).where(event.c.kind == EVENT_KIND))
        return [(row.booking_id, row.data) for row in found]


async def _open(db: Database, resource_id: str | None = None) -> list[OpenArrival]:
    async with db.read() as tx:
        return await crossings.open_arrivals(tx, resource_id)


async def test_a_crossing_is_kept_with_its_event(db: Database, visit: BuiltVisit) -> None:
    await _insert(db, crossed(visit, APPROACHING, minute=-5), crossed(visit))

    async with db.read() as tx:
        assert await crossings.of_booking(tx, visit.booking_id) == [
            crossed(visit, APPROACHING, minute=-5),
            crossed(visit),
        ]
    assert sorted((await _events(db)), key=str) == [
        (visit.booking_id, {"at": "2026-11-23T13:55:00+00:00", "crossing": "approaching"}),
        (visit.booking_id, {"at": "2026-11-23T14:00:00+00:00", "crossing": "arrived"}),
    ]


async def test_the_same_crossing_again_changes_nothing(db: Database, visit: BuiltVisit) -> None:
    await _insert(db, crossed(visit))
    await _insert(db, crossed(visit, minute=3), crossed(visit, LEFT, minute=4), crossed(visit, LEFT, minute=5))

    async with db.read() as tx:
        assert await crossings.of_booking(tx, visit.booking_id) == [crossed(visit), crossed(visit, LEFT, minute=4)]
    assert len(await _events(db)) == 2


async def test_setting_off_again_crosses_again(db: Database, visit: BuiltVisit) -> None:
    again = crossed(visit, set_off=NOW, minute=30)
    await _insert(db, crossed(visit), again)

    async with db.read() as tx:
        assert await crossings.of_booking(tx, visit.booking_id) == [crossed(visit), again]


async def test_a_crossing_of_a_visit_that_is_gone_is_forgotten(db: Database, visit: BuiltVisit) -> None:
    await _insert(db, Crossing("bk_gone", SET_OFF, ARRIVED, NOW), crossed(visit))

    assert [booking_id for booking_id, _ in await _events(db)] == [visit.booking_id]


async def test_an_arrival_is_open_until_it_is_answered(db: Database, visit: BuiltVisit) -> None:
    await _insert(db, crossed(visit, APPROACHING, minute=-5), crossed(visit))
    arrival = OpenArrival(booking_id=visit.booking_id, set_off_at=SET_OFF, at=NOW)

    assert await _open(db) == [arrival]
    assert await _open(db, visit.directory.resource_id) == [arrival]
    assert await _open(db, "re_other") == []
    async with db.write() as tx:
        await crossings.answer_arrival(tx, visit.booking_id, NOW)
    assert await _open(db) == []


@pytest.mark.parametrize("change", [{"status": "in_progress"}, {"traveling_at": NOW + timedelta(minutes=1)}])
async def test_an_arrival_of_a_way_that_is_over_is_not_open(
    db: Database, visit: BuiltVisit, change: dict[str, object]
) -> None:
    await _insert(db, crossed(visit))
    async with db.write() as tx:
        await tx.execute(update(booking).values(**change))

    assert await _open(db) == []
