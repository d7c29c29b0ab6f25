"""Read visits from real databases."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import update

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.store import visits
from hub.store.database import Database
from hub.store.tables import contact, service_type
from tests.builders import NOW, build_directory, build_resource, build_visit

S = BookingStatus


async def test_a_visit_has_all_that_its_page_needs(db: Database) -> None:
    async with db.write() as tx:
        built = await build_visit(tx, directory=await build_directory(tx, demo=True), status="traveling")

    async with db.read() as tx:
        visit = await visits.load(tx, built.booking_id, NOW)

    assert visit is not None
    assert (visit.booking_id, visit.status, visit.version) == (built.booking_id, S.TRAVELING, 1)
    assert (visit.service, visit.preparation) == ("Boiler check", "Clear the way to the boiler.")
    assert (visit.address, visit.place) == ("Fredrikinkatu 20, Helsinki", Point(60.1635, 24.9385))
    assert (visit.technician_name, visit.technician_phone) == ("Tero Virtanen", "+358401234567")
    assert (visit.portal_name, visit.portal_demo) == ("Fix It", True)
    assert visit.starts_at == NOW + timedelta(minutes=10)
    assert visit.starts_at.tzinfo is UTC
    assert visit.time_zone == "Europe/Helsinki"


@pytest.mark.parametrize(
    ("language", "service"),
    [("fi", "Kattila"), ("pt-BR", "Caldeira"), ("en", "Boiler check"), ("'$.x", "Boiler check")],
)
async def test_a_service_has_the_name_that_it_has_in_its_customers_language(
    db: Database, language: str, service: str
) -> None:
    async with db.write() as tx:
        built = await build_visit(tx)
        await tx.execute(update(service_type).values(display_names={"fi": "Kattila", "pt-BR": "Caldeira"}))
        await tx.execute(update(contact).values(language=language))

    async with db.read() as tx:
        visit = await visits.load(tx, built.booking_id, NOW)

    assert visit is not None
    assert visit.service == service


async def test_a_booking_that_does_not_exist_is_no_visit(db: Database) -> None:
    async with db.read() as tx:
        assert await visits.load(tx, "bk_nothing", NOW) is None


async def test_under_way_are_those_travelled_to_or_worked_at_even_two_of_one_technician(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        later = NOW + timedelta(hours=1)
        second = await build_visit(tx, directory=known, status="traveling", starts_at=later)
        first = await build_visit(tx, directory=known, status="traveling", starts_at=NOW)
        other_portal = await build_visit(tx, status="traveling", starts_at=NOW + timedelta(hours=2))
        for status in (S.SCHEDULED, S.COMPLETED, S.CANCELED):
            await build_visit(tx, directory=known, status=status)
        started = NOW + timedelta(hours=3)
        working = await build_visit(tx, directory=known, status=S.IN_PROGRESS, starts_at=started)

    async with db.read() as tx:
        found = await visits.under_way(tx, NOW)

    expected = [first.booking_id, second.booking_id, other_portal.booking_id]
    assert [visit.booking_id for visit in found] == [*expected, working.booking_id]


async def test_stops_before_counts_the_technicians_open_visits_before_this_one(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        somebody_else = await build_resource(tx, known.portal_id)
        for status in S:  # scheduled, traveling, in progress and on break count
            await build_visit(tx, directory=known, status=status, starts_at=NOW - timedelta(hours=1))
        forgotten = NOW - timedelta(hours=12, minutes=30)  # ended 12 h ago
        await build_visit(tx, directory=known, starts_at=forgotten)
        await build_visit(tx, directory=known, resource_id=somebody_else, starts_at=NOW - timedelta(hours=1))
        this = await build_visit(tx, directory=known, starts_at=NOW)
        await build_visit(tx, directory=known, starts_at=NOW + timedelta(hours=1))

    async with db.read() as tx:
        visit = await visits.load(tx, this.booking_id, NOW)

    assert visit is not None
    assert visit.stops_before == 4


@pytest.mark.parametrize("status", [S.IN_PROGRESS, S.ON_BREAK, S.COMPLETED, S.CANCELED])
async def test_nothing_comes_before_a_visit_that_began_or_ended(db: Database, status: BookingStatus) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        await build_visit(tx, directory=known, starts_at=NOW - timedelta(hours=1))
        this = await build_visit(tx, directory=known, status=status, starts_at=NOW)

    async with db.read() as tx:
        visit = await visits.load(tx, this.booking_id, NOW)

    assert visit is not None
    assert visit.stops_before == 0


async def test_stops_before_a_visit_are_those_that_are_counted_in_their_order(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        other = await build_resource(tx, known.portal_id)
        waiting = await build_visit(tx, directory=known, status=S.TRAVELING, starts_at=NOW + timedelta(hours=4))
        for hours, status in ((3, S.SCHEDULED), (1, S.IN_PROGRESS), (2, S.COMPLETED), (5, S.SCHEDULED)):
            await build_visit(tx, directory=known, status=status, starts_at=NOW + timedelta(hours=hours))
        await build_visit(tx, directory=known, starts_at=NOW - timedelta(hours=13))
        await build_visit(tx, directory=known, starts_at=NOW, resource_id=other)

    async with db.read() as tx:
        visit = await visits.load(tx, waiting.booking_id, NOW)
        stops = await visits.stops_before(tx, NOW)

    assert visit is not None
    assert visit.stops_before == 2
    assert {id_: [(one.status, one.place) for one in found] for id_, found in stops.items()} == {
        waiting.booking_id: [(S.IN_PROGRESS, visit.place), (S.SCHEDULED, visit.place)]
    }
    assert [one.ends_at - one.starts_at for one in stops[waiting.booking_id]] == [timedelta(minutes=30)] * 2
