"""The directory's tables, on both databases."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hub.domain.directory.catalogue import Requirement, Role, ServiceType
from hub.domain.directory.customers import Account, AccountPreference
from hub.domain.directory.entry import Entry
from hub.domain.directory.resources import Base, Held, Hours, Resource, TimeOff
from hub.domain.directory.territories import Polygon, Territory
from hub.store.database import Database
from hub.store.directory import entries
from hub.store.directory.entries import Stored
from hub.store.directory.kind import Kind
from hub.store.directory.kinds import (
    ACCOUNTS,
    CHARACTERISTICS,
    KINDS,
    RESOURCES,
    SERVICE_TYPES,
    TERRITORIES,
)
from hub.store.ids import new_id
from hub.store.tables import service_role
from tests.builders import NOW, BuiltDirectory, build_directory

SQUARE = [[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.2], [24.9, 60.1]]


async def _made(db: Database, portal_id: str, kind: Kind, entry: Entry) -> Stored:
    made = Stored(new_id(kind.prefix), entry)
    async with db.write() as tx:
        await entries.insert(tx, kind, portal_id, [made])
    return made


async def _read(db: Database, portal_id: str, kind: Kind, id_: str) -> Any:
    async with db.read() as tx:
        found = await entries.get(tx, kind, portal_id, id_)
    return found and found.entry


async def _changed(db: Database, portal_id: str, kind: Kind, id_: str, **changes: Any) -> Any:
    async with db.write() as tx:
        before = await entries.get(tx, kind, portal_id, id_, lock=True)
        assert before is not None
        await entries.change(tx, kind, before, msgspec.structs.replace(before.entry, **changes))
    return await _read(db, portal_id, kind, id_)


async def _directory(db: Database) -> BuiltDirectory:
    async with db.write() as tx:
        return await build_directory(tx)


async def test_an_entry_is_read_as_it_was_written(db: Database) -> None:
    portal_id = (directory := await _directory(db)).portal_id
    gas = await _made(db, portal_id, CHARACTERISTICS, _characteristic())
    area = Territory(name="Centre", area=Polygon(coordinates=[SQUARE]))
    centre = await _made(db, portal_id, TERRITORIES, area)
    crew = Resource(
        external_id="R-1",
        name="Crew",
        kind="crew",
        base=Base(lat=60.0, lon=24.0),
        working_hours=(Hours(weekday=0, starts_s=0, ends_s=10), Hours(weekday=0, starts_s=20, ends_s=86_400)),
        time_off=(TimeOff(starts_at=NOW, ends_at=NOW.replace(hour=23), reason="x"),),
        characteristics=(Held(characteristic=gas.id, rating=3, expires_at=NOW),),
        territories=(centre.id,),
        members=(directory.resource_id,),
    )
    made = await _made(db, portal_id, RESOURCES, crew)
    account = Account(name="Aalto", preferences=(AccountPreference(resource=made.id, kind="must"),))
    aalto = await _made(db, portal_id, ACCOUNTS, account)

    assert await _read(db, portal_id, TERRITORIES, centre.id) == area
    assert await _read(db, portal_id, RESOURCES, made.id) == crew
    assert await _read(db, portal_id, ACCOUNTS, aalto.id) == account
    shorter = await _changed(db, portal_id, RESOURCES, made.id, members=(), working_hours=crew.working_hours[:1])
    assert shorter == msgspec.structs.replace(crew, members=(), working_hours=crew.working_hours[:1])


async def test_a_role_whose_name_stays_keeps_its_row_since_bookings_refer_to_it(db: Database) -> None:
    portal_id = (await _directory(db)).portal_id
    gas = await _made(db, portal_id, CHARACTERISTICS, _characteristic())
    needs = (Requirement(characteristic=gas.id, min_rating=2),)
    lead, mate = Role(name="Lead", requirements=needs), Role(name="Mate")
    service = ServiceType(name="Chimney", duration_s=3600, roles=(lead, mate), requirements=needs)
    made = await _made(db, portal_id, SERVICE_TYPES, service)
    ids = await _role_ids(db)

    renewed = (Role(name="Crane", kind="equipment"), msgspec.structs.replace(lead, kind="contractor"))
    changed = await _changed(db, portal_id, SERVICE_TYPES, made.id, roles=renewed)

    assert changed == msgspec.structs.replace(service, roles=renewed)
    assert set(await _role_ids(db)) == {"Crane", "Lead"}
    assert (await _role_ids(db))["Lead"] == ids["Lead"]
    async with db.write() as tx:
        await entries.remove(tx, SERVICE_TYPES, made.id)
    assert await _role_ids(db) == {}


async def test_an_entry_of_another_portal_is_not_there(db: Database) -> None:
    own, other = await _directory(db), await _directory(db)
    async with db.read() as tx:
        for kind, id_ in {
            "accounts": own.account_id,
            "contacts": own.contact_id,
            "locations": own.location_id,
            "resources": own.resource_id,
            "service-types": own.service_type_id,
        }.items():
            assert await entries.get(tx, KINDS[kind], own.portal_id, id_) is not None
            assert await entries.get(tx, KINDS[kind], other.portal_id, id_) is None
            assert await entries.known(tx, KINDS[kind], other.portal_id, [id_, "nobody"]) == set()
            assert id_ not in [one.id for one in await entries.page(tx, KINDS[kind], other.portal_id)]


async def test_who_refers_to_an_entry_is_named(db: Database) -> None:
    directory = await _directory(db)
    async with db.read() as tx:
        assert await entries.referring(tx, KINDS["accounts"], directory.account_id) == ["contact", "location"]
        assert await entries.referring(tx, KINDS["resources"], directory.resource_id) == []
        assert await entries.referring(tx, KINDS["assets"], "as_1") == []


async def test_the_database_refuses_an_external_id_twice(db: Database) -> None:
    portal_id = (await _directory(db)).portal_id
    await _made(db, portal_id, ACCOUNTS, Account(name="a", external_id="C-1"))
    await _made(db, portal_id, ACCOUNTS, Account(name="b"))
    await _made(db, portal_id, ACCOUNTS, Account(name="c"))

    with pytest.raises(IntegrityError):
        await _made(db, portal_id, ACCOUNTS, Account(name="d", external_id="C-1"))
    async with db.read() as tx:
        assert [name for _, name in await entries.names(tx, ACCOUNTS, portal_id) if name] == ["C-1"]


async def _role_ids(db: Database) -> dict[str, str]:
    async with db.read() as tx:
        return {row.name: row.id for row in await tx.execute(select(service_role))}


def _characteristic() -> Entry:
    return msgspec.convert({"name": "Gas"}, CHARACTERISTICS.entry)
