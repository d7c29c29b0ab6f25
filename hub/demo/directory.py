"""Write the demo's portal: its customers, its services and its technicians."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo import people
from hub.demo.address_file import Address
from hub.demo.anchor import Anchor, with_anchor
from hub.store import accounts, portals, resources, service_types
from hub.store.ids import new_id

CUSTOMERS = 40
PLACES = CUSTOMERS + len(people.TECHNICIANS)
"""Addresses that the timetable needs: the customers', then the technicians' bases."""
SWITCHES = {"public_booking": True}
"""What is turned on in the demo's portal: everybody may book."""


async def insert_directory(
    tx: AsyncConnection, addresses: Sequence[Address], durations_s: list[list[float | None]], starts_at: datetime
) -> tuple[str, Anchor]:
    """Insert everything but visits; gives the portal's id and the anchor of a timetable from `starts_at` on.

    `addresses` are at least `PLACES`, and `durations_s` the drives between the first ones.
    """
    portal_id = new_id("po")
    services, technicians = new_ids("st", len(people.SERVICES)), new_ids("re", len(people.TECHNICIANS))
    locations = new_ids("lo", CUSTOMERS)
    anchor = Anchor(
        starts_at=starts_at,
        seed=int(starts_at.timestamp()),
        resources=technicians,
        locations=locations,
        service_types=services,
        durations_s=durations_s,
        planned_until=starts_at,
        ends_at=starts_at,
    )
    portal = portals.Portal(
        id=portal_id,
        name=people.PORTAL,
        demo=True,
        time_zone=people.TIME_ZONE,
        switches=with_anchor(SWITCHES, anchor),
    )
    await portals.insert_portals(tx, [portal])
    await _insert_services(tx, portal_id, services)
    await _insert_customers(tx, portal_id, locations, addresses[:CUSTOMERS])
    await _insert_technicians(tx, portal_id, technicians, addresses[CUSTOMERS:PLACES])
    return portal_id, anchor


def new_ids(prefix: str, count: int) -> list[str]:
    """Make ids."""
    return [new_id(prefix) for _ in range(count)]


async def _insert_services(tx: AsyncConnection, portal_id: str, ids: Sequence[str]) -> None:
    rows = [
        service_types.ServiceType(
            id=id_,
            portal_id=portal_id,
            name=service.name,
            duration_s=service.duration_s,
            preparation=service.preparation,
        )
        for id_, service in zip(ids, people.SERVICES, strict=True)
    ]
    await service_types.insert_service_types(tx, rows)


async def _insert_customers(
    tx: AsyncConnection, portal_id: str, locations: Sequence[str], addresses: Sequence[Address]
) -> None:
    customers = [people.customer(number) for number in range(len(locations))]
    ids = new_ids("ac", len(locations))
    await accounts.insert_accounts(
        tx,
        [
            accounts.Account(id=id_, portal_id=portal_id, name=customer.name)
            for id_, customer in zip(ids, customers, strict=True)
        ],
    )
    await accounts.insert_contacts(
        tx,
        [
            accounts.Contact(
                id=new_id("co"), account_id=id_, name=customer.name, email=customer.email, phone=customer.phone
            )
            for id_, customer in zip(ids, customers, strict=True)
        ],
    )
    await accounts.insert_locations(
        tx,
        [
            accounts.Location(
                id=location,
                account_id=id_,
                address=address.address,
                lat=address.lat,
                lon=address.lon,
                time_zone=people.TIME_ZONE,
            )
            for location, id_, address in zip(locations, ids, addresses, strict=True)
        ],
    )


async def _insert_technicians(
    tx: AsyncConnection, portal_id: str, ids: Sequence[str], bases: Sequence[Address]
) -> None:
    rows = [
        resources.Resource(
            id=id_,
            portal_id=portal_id,
            name=name,
            phone=people.technician_phone(number),
            base_lat=base.lat,
            base_lon=base.lon,
        )
        for number, (id_, name, base) in enumerate(zip(ids, people.TECHNICIANS, bases, strict=True))
    ]
    await resources.insert_resources(tx, rows)
    areas = [
        resources.Territory(id=new_id("te"), portal_id=portal_id, name=name, area=_rectangle(*corners))
        for name, corners in zip(people.TERRITORIES, people.AREAS, strict=True)
    ]
    await resources.insert_territories(tx, areas)
    # Everybody serves one territory; every second one also the next.
    served = [
        resources.ResourceTerritory(id_, areas[(number + more) % len(areas)].id)
        for number, id_ in enumerate(ids)
        for more in range(1 + number % 2)
    ]
    await resources.assign_territories(tx, served)


def _rectangle(south: float, west: float, north: float, east: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
