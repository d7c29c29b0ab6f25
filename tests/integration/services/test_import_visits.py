"""Import visits that another system has planned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from hub.domain.directory.import_files import MOST_VISITS, KindLines
from hub.domain.directory.sheet import SheetError
from hub.services.geocode import Geocode
from hub.services.import_directory import ImportDirectory, Imported
from hub.services.travel_matrix import TravelMatrix
from hub.store import accounts, bookings, working_hours
from hub.store.database import Database
from hub.store.routers.geodesic import GeodesicRouter
from hub.store.routers.port import Router
from hub.store.tables import booking, event, message, reservation, travel_time
from hub.store.working_hours import WorkingHours
from tests.builders import NOW, BuiltDirectory, build_directory, build_resource
from tests.fakes import FakeClock
from tests.integration.services.test_import_directory import lines
from tests.integration.services.test_travel_matrix import Roads

HEADER = "external_id,service_type,location,resource,starts_at,notes\n"


async def _scene(db: Database) -> tuple[BuiltDirectory, str]:
    async with db.write() as tx:
        built = await build_directory(tx)
        other = await build_resource(tx, built.portal_id)
        for resource_id in (built.resource_id, other):
            hours = [
                WorkingHours(resource_id=resource_id, weekday=day, starts_s=28_800, ends_s=57_600) for day in range(7)
            ]
            await working_hours.insert_working_hours(tx, hours)
    return built, other


async def _import(
    db: Database, portal_id: str, files: list[KindLines], *, dry_run: bool = False, router: Router | None = None
) -> Imported:
    clock = FakeClock()
    roads = TravelMatrix(db, router or GeodesicRouter(), clock)
    importing = ImportDirectory(db, Geocode(db, None, clock), roads, portal_id, clock)
    return await importing.work(files, dry_run=dry_run)


def _sheet(built: BuiltDirectory, *rows: tuple[str, str, str]) -> list[KindLines]:
    """Write rows of external id, resource and start."""
    return lines(
        visits=HEADER
        + "".join(f"{name},{built.service_type_id},{built.location_id},{who},{at},x\n" for name, who, at in rows)
    )


async def _booked(db: Database, portal_id: str) -> list[bookings.Booking]:
    async with db.read() as tx:
        return (await bookings.list_bookings(tx, portal_id)).items


async def test_planned_visits_take_their_time_once_and_tell_nobody(db: Database) -> None:
    built, other = await _scene(db)
    files = _sheet(built, ("V-1", built.resource_id, "2026-11-25 10:00"), ("V-2", "", "2026-11-25T10:00:00+02:00"))

    tried = await _import(db, built.portal_id, files, dry_run=True)
    assert (tried.faults, await _booked(db, built.portal_id)) == ([], [])
    first = await _import(db, built.portal_id, files)
    again = await _import(db, built.portal_id, files)

    assert first.faults == again.faults == []
    assert first.counts == {"visits": {"new": 2, "changed": 0, "unchanged": 0}}
    assert again.counts == {"visits": {"new": 0, "changed": 0, "unchanged": 2}}
    booked = await _booked(db, built.portal_id)
    assert {one.resource_id for one in booked} == {built.resource_id, other}
    assert {one.starts_at.isoformat() for one in booked} == {"2026-11-25T08:00:00+00:00"}
    async with db.read() as tx:
        counts = [
            (await tx.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (reservation, event, message)
        ]
    assert counts == [2, 2, 0]


async def test_a_visit_that_cannot_be_kept_is_named_and_none_is_booked(db: Database) -> None:
    built, _other = await _scene(db)
    who = built.resource_id
    files = _sheet(
        built,
        ("V-1", who, "2026-11-25 10:00"),
        ("V-2", who, "2026-11-25 10:10"),
        ("V-3", "", "2026-11-25 23:00"),
        ("V-4", "", "2026-11-01 10:00"),
        ("V-5", "", "tomorrow"),
    )

    refused = await _import(db, built.portal_id, files)

    assert [(one.row, one.column) for one in refused.faults] == [(row, "starts_at") for row in (3, 4, 5, 6)]
    assert await _booked(db, built.portal_id) == []


async def test_what_does_not_belong_together_is_named(db: Database) -> None:
    built, _other = await _scene(db)
    stranger, _ = await _scene(db)
    files = lines(
        visits="external_id,service_type,location,contact,starts_at,color\n"
        f"V-1,{built.service_type_id},{stranger.location_id},,2026-11-25 10:00,red\n"
        f",{built.service_type_id},{built.location_id},,2026-11-25 10:00,\n"
        f"V-3,{built.service_type_id},{built.location_id},,,\n"
    )

    refused = await _import(db, built.portal_id, files)

    assert [(one.row, one.column) for one in refused.faults] == [
        (1, "color"),
        (2, "location"),
        (3, "external_id"),
        (4, "starts_at"),
    ]


async def test_the_way_between_visits_that_come_together_is_the_routers(db: Database) -> None:
    built, _other = await _scene(db)
    async with db.read() as tx:
        home = await accounts.get_location(tx, built.portal_id, built.location_id)
    assert home is not None
    next_door = f"external_id,account,address,lat,lon\nL-2,{built.account_id},Next door,{home.lat},{home.lon + 0.001}\n"
    sheet = HEADER + "".join(
        f"{name},{built.service_type_id},{place},{built.resource_id},2026-11-25 {at},x\n"
        for name, place, at in (("V-1", built.location_id, "10:00"), ("V-2", "L-2", "10:31"))
    )
    files = lines(locations=next_door, visits=sheet)

    near = await _import(db, built.portal_id, files, dry_run=True)
    assert near.faults == []
    async with db.write() as tx:
        await tx.execute(delete(travel_time))
    far = await _import(db, built.portal_id, files, router=Roads())
    assert [(one.row, one.column) for one in far.faults] == [(3, "starts_at")]


async def test_one_that_is_booked_already_is_not_moved(db: Database) -> None:
    built, _other = await _scene(db)
    await _import(db, built.portal_id, _sheet(built, ("V-1", "", "2026-11-25 10:00")))

    moved = await _import(db, built.portal_id, _sheet(built, ("V-1", "", "2026-11-25 12:00")))

    assert [(one.row, one.column, one.message) for one in moved.faults] == [
        (2, "starts_at", "is booked for another time already")
    ]


async def test_dozens_of_visits_fill_the_days(db: Database) -> None:
    built, _other = await _scene(db)
    rows = [
        (f"V-{number}", "", (NOW + timedelta(days=1 + number // 10, hours=-7 + 0.5 * (number % 10))).isoformat())
        for number in range(30)
    ]

    result = await _import(db, built.portal_id, _sheet(built, *rows))

    assert result.faults == []
    async with db.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(booking))).scalar_one() == 30


def test_more_visits_than_others_can_wait_for_are_refused() -> None:
    with pytest.raises(SheetError, match="visits"):
        lines(visits=HEADER + "V,s,l,,x,\n" * (MOST_VISITS + 1))
