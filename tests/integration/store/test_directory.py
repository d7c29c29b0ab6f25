"""Keep and list the directory on real databases."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from hub.store import accounts, portals, resources, service_types
from hub.store.database import Database
from hub.store.ids import new_id
from hub.store.resources import ResourceTerritory, Territory
from hub.store.tables import resource
from tests.builders import build_device, build_directory, build_resource


async def test_lists_hold_only_their_own_portals_rows(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        await build_directory(tx)

    portal = known.portal_id
    async with db.read() as tx:
        assert [row.id for row in await accounts.list_contacts(tx, portal)] == [known.contact_id]
        assert [row.id for row in await accounts.list_locations(tx, portal)] == [known.location_id]
        services = await service_types.list_service_types(tx, portal)
        assert [row.id for row in services] == [known.service_type_id]
        assert [row.id for row in await resources.list_resources(tx, portal)] == [known.resource_id]


async def test_a_list_goes_on_after_the_last_id(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        ids = sorted([known.resource_id] + [await build_resource(tx, known.portal_id) for _ in range(2)])

    async with db.read() as tx:
        page = await resources.list_resources(tx, known.portal_id, after=ids[0], limit=1)

    assert [row.id for row in page] == [ids[1]]


async def test_a_territory_narrows_the_technicians(db: Database) -> None:
    area = {"type": "Polygon", "coordinates": [[[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.1]]]}
    async with db.write() as tx:
        known = await build_directory(tx)
        await build_resource(tx, known.portal_id)
        north = Territory(id=new_id("te"), portal_id=known.portal_id, name="North", area=area)
        unbounded = Territory(id=new_id("te"), portal_id=known.portal_id, name="Everywhere")
        await resources.insert_territories(tx, [north, unbounded])
        await resources.assign_territories(tx, [ResourceTerritory(known.resource_id, north.id)])

    async with db.read() as tx:
        found = await resources.list_resources(tx, known.portal_id, territory_id=north.id)
        territories = await resources.list_territories(tx, known.portal_id)

    assert [row.id for row in found] == [known.resource_id]
    assert sorted(territories, key=lambda row: row.name) == [unbounded, north]


@pytest.mark.parametrize(
    ("switches", "on"),
    [({}, False), ({"public_booking": True}, True), ({"public_booking": False}, False)],
)
async def test_one_switch_and_the_zone_are_read_alone(db: Database, switches: dict[str, object], on: bool) -> None:
    async with db.write() as tx:
        made = portals.Portal(id="po_1", name="Fix It", switches=switches, time_zone="Europe/Helsinki")
        await portals.insert_portals(tx, [made])

    async with db.read() as tx:
        assert await portals.is_switched_on(tx, "po_1", "public_booking") is on
        assert not await portals.is_switched_on(tx, "po_2", "public_booking")
        assert await portals.time_zone_of(tx, "po_1") == "Europe/Helsinki"
        assert await portals.time_zone_of(tx, "po_2") == "UTC"


async def test_people_are_looked_for_and_other_things_where_they_have_a_device(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        others = [await build_resource(tx, known.portal_id) for _ in range(4)]
        for resource_id, kind in zip(others, ("contractor", "equipment", "crew", "equipment"), strict=True):
            await tx.execute(update(resource).where(resource.c.id == resource_id).values(kind=kind))
        await build_device(tx, others[3])
        await build_device(tx, others[3])

    async with db.read() as tx:
        found = await resources.under_way(tx, known.portal_id)

    assert {one.id for one in found} == {known.resource_id, others[0], others[3]}
    assert len(found) == 3
