"""Import and export the directory, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from hub.domain.directory.import_files import KindLines, read_file
from hub.domain.geodesy import Point
from hub.services.export_directory import export_kind
from hub.services.geocode import Geocode
from hub.services.import_directory import ImportDirectory, Imported
from hub.services.travel_matrix import TravelMatrix
from hub.store.database import Database
from hub.store.directory import entries
from hub.store.directory.kinds import KINDS
from hub.store.geocoders.port import NoPlace
from hub.store.ids import new_id
from hub.store.portals import Portal, insert_portals
from hub.store.routers.geodesic import GeodesicRouter
from tests.builders import build_directory
from tests.fakes import FakeClock
from tests.integration.services.test_geocode import AskedGeocoder

SQUARE = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]
FILES = {
    "characteristics": "external_id,name,kind\nGAS,Gas licence,certificate\nLADDER,Ladder,skill\n",
    "territories": msgspec.json.encode(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"external_id": "CENTRE", "name": "Centre"},
                    "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
                }
            ],
        }
    ).decode(),
    "resources": (
        "external_id,name,kind,phone,base_lat,base_lon,working_hours,characteristics,territories,members\n"
        "T-1,Tero,employee,+358401234567,60.17,24.94,Mon-Fri 08:00-12:00 13:00-16:00,"
        "GAS:3@2027-01-01T00:00:00Z,CENTRE,\n"
        "CREW,Lift crew,crew,,60.17,24.94,Mon 08:00-12:00,,,T-1\n"
    ),
    "service-types": (
        "external_id,name,display_name_fi,duration_s,requirements,time_groups,roles\n"
        'BOILER,Boiler,Kattila,3600,GAS:2,08:00-12:00; 12:00-16:00,"[{""name"": ""Lead"", ""requirements"": '
        '[{""characteristic"": ""LADDER""}]}]"\n'
    ),
    "customers": (
        "external_id;name;contact_name;email;phone;language;address;lat;lon;access_notes\n"
        "C-1;Aalto;Aino Aalto;aino@example.org;+358401112223;fi;Kotikatu 1;60,16;24,93;=door code\n"
        "C-2;Salo;;;;;;;;\n"
    ),
    "assets": "external_id,account,location,name,serial\nA-1,C-1,C-1,Boiler 7,B-778\n",
}


def lines(**files: str) -> list[KindLines]:
    """Read files by kind."""
    return [
        one for kind, text in files.items() for one in read_file(f"{kind}.csv", kind.replace("_", "-"), text.encode())
    ]


ALL = [one for kind, text in FILES.items() for one in read_file(f"{kind}.csv", kind, text.encode())]


async def _portal(db: Database) -> str:
    portal = Portal(id=new_id("po"), name="Fix It", time_zone="Europe/Helsinki")
    async with db.write() as tx:
        await insert_portals(tx, [portal])
    return portal.id


async def _import(
    db: Database, portal_id: str, files: list[KindLines], *, dry_run: bool = False, geocoder: Any = None
) -> Imported:
    clock = FakeClock()
    geocode, roads = Geocode(db, geocoder, clock, turn=timedelta(0)), TravelMatrix(db, GeodesicRouter(), clock)
    return await ImportDirectory(db, geocode, roads, portal_id, clock).work(files, dry_run=dry_run)


async def _count(db: Database, portal_id: str) -> dict[str, int]:
    async with db.read() as tx:
        counts = {path: len(await entries.page(tx, kind, portal_id)) for path, kind in KINDS.items()}
    return {path: count for path, count in counts.items() if count}


async def test_everything_is_made_once_and_found_again(db: Database) -> None:
    portal_id = await _portal(db)

    first = await _import(db, portal_id, ALL)
    again = await _import(db, portal_id, ALL)

    assert first.faults == again.faults == []
    made = {
        "territories": 1,
        "characteristics": 2,
        "resources": 2,
        "service-types": 1,
        "accounts": 2,
        "contacts": 1,
        "locations": 1,
        "assets": 1,
    }
    assert await _count(db, portal_id) == made
    assert first.counts == {kind: {"new": count, "changed": 0, "unchanged": 0} for kind, count in made.items()}
    assert again.counts == {kind: {"new": 0, "changed": 0, "unchanged": count} for kind, count in made.items()}
    async with db.read() as tx:
        [location] = await entries.page(tx, KINDS["locations"], portal_id)
    assert (location.entry.lat, location.entry.time_zone) == (60.16, "Europe/Helsinki")
    assert location.entry.access_notes == "=door code"


async def test_what_is_exported_is_imported_without_a_change(db: Database) -> None:
    portal_id = await _portal(db)
    await _import(db, portal_id, ALL)
    async with db.write() as tx:
        named = await build_directory(tx)  # whom no other system has named
    for one in (portal_id, named.portal_id):
        exported = {path: await export_kind(db, one, kind) for path, kind in KINDS.items()}
        files = [part for path, text in exported.items() for part in read_file(path, path, text.encode())]
        before = await _count(db, one)

        result = await _import(db, one, files)

        assert result.faults == []
        assert result.counts == {path: {"new": 0, "changed": 0, "unchanged": n} for path, n in before.items()}
    assert "'=door code" in await export_kind(db, portal_id, KINDS["locations"])


async def test_a_dry_run_says_what_would_be_and_changes_nothing(db: Database) -> None:
    portal_id = await _portal(db)

    result = await _import(db, portal_id, ALL, dry_run=True)

    assert result.faults == []
    assert result.counts["accounts"] == {"new": 2, "changed": 0, "unchanged": 0}
    assert await _count(db, portal_id) == {}


async def test_every_bad_row_is_named_and_nothing_is_changed(db: Database) -> None:
    portal_id = await _portal(db)
    files = lines(
        accounts="external_id,name,colour\nC-1,Aalto,red\n,Salo,\nC-1,Twice,\nC-3,,\n",
        contacts="external_id,account,name,email\nP-1,C-1,Aino,no address\nP-2,C-9,Olli,\nP-3,C-3,Eero,e@example.org\n",
        resources="external_id,name,base_lat,base_lon,working_hours\nT-1,Tero,north,24.9,never\n",
    )

    result = await _import(db, portal_id, files)

    assert [(one.file, one.row, one.column) for one in result.faults] == [
        ("resources.csv", 2, "base_lat"),
        ("resources.csv", 2, "working_hours"),
        ("accounts.csv", 1, "colour"),
        ("accounts.csv", 3, "external_id"),
        ("accounts.csv", 4, "external_id"),
        ("accounts.csv", 5, "name"),
        ("contacts.csv", 2, "email"),
        ("contacts.csv", 3, "account"),
    ]
    assert "row 2" in result.faults[4].message
    assert (result.counts, await _count(db, portal_id)) == ({}, {})


async def test_what_only_the_directory_can_tell_is_named_too(db: Database) -> None:
    portal_id = await _portal(db)
    await _import(db, portal_id, ALL)
    files = lines(
        resources="external_id,name,kind,base_lat,base_lon,members\nBIG,Big crew,crew,60,24,CREW\n",
        contacts="external_id,account,name\nC-1,C-2,Aino\n",
        assets="external_id,account,location,name\nA-2,C-2,C-1,Pump\n",
    )

    stays = await _import(db, portal_id, [one for one in files if one.kind != "contacts"])
    moved = await _import(db, portal_id, files)

    assert [(one.row, one.column) for one in stays.faults] == [(2, "members"), (2, "location")]
    assert [(one.file, one.column) for one in moved.faults] == [("contacts.csv", "account")]
    assert (await _count(db, portal_id))["resources"] == 2


async def test_columns_that_are_missing_leave_and_empty_cells_empty(db: Database) -> None:
    portal_id = await _portal(db)
    await _import(db, portal_id, ALL)

    renamed = await _import(db, portal_id, lines(resources="external_id,name,phone\nT-1,Tero V.,\n"))

    assert renamed.counts == {"resources": {"new": 0, "changed": 1, "unchanged": 0}}
    async with db.read() as tx:
        [tero] = await entries.page(tx, KINDS["resources"], portal_id, narrowed={"external_id": "T-1"})
    assert (tero.entry.name, tero.entry.phone) == ("Tero V.", None)
    assert len(tero.entry.working_hours) == 10


async def test_addresses_are_looked_up_and_known_ones_keep_their_place(db: Database) -> None:
    portal_id = await _portal(db)
    sheet = "external_id,name,address\nC-1,Aalto,Kotikatu 1\nC-2,Salo,Kotikatu 2\n"

    unknown = await _import(db, portal_id, lines(customers=sheet), geocoder=AskedGeocoder(NoPlace.UNKNOWN))
    assert [(one.file, one.row, one.column) for one in unknown.faults] == [
        ("customers.csv", 2, "lat"),
        ("customers.csv", 3, "lat"),
    ]
    portal_id = await _portal(db)
    found = AskedGeocoder(Point(60.0, 24.0))
    moved = sheet.replace("Kotikatu", "Rantakatu")
    assert (await _import(db, portal_id, lines(customers=moved), geocoder=found)).faults == []
    assert found.asked == 2
    again = await _import(db, portal_id, lines(customers=moved), geocoder=None)
    assert again.counts["locations"] == {"new": 0, "changed": 0, "unchanged": 2}


async def test_thousands_of_rows_are_imported(db: Database) -> None:
    portal_id = await _portal(db)
    sheet = "external_id,name\n" + "".join(f"C-{number},Account {number}\n" for number in range(2_000))

    result = await _import(db, portal_id, lines(accounts=sheet))

    assert result.counts == {"accounts": {"new": 2_000, "changed": 0, "unchanged": 0}}
