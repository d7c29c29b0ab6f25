"""Resources: who comes and with what, and the territories they serve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point
from hub.domain.qualification import PEOPLE
from hub.store import rows
from hub.store.tables import device, resource, resource_territory, territory


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A technician, a crew or a thing that is booked, with the base their days start from (WGS 84 degrees)."""

    id: str
    portal_id: str
    name: str
    base_lat: float
    base_lon: float
    photo_url: str | None = None
    phone: str | None = None
    kind: str = "employee"
    """Or `contractor`, `equipment`, `facility`, `crew`."""
    active: bool = True

    @property
    def base(self) -> Point:
        """Tell where their days start."""
        return Point(self.base_lat, self.base_lon)


class Territory(msgspec.Struct, frozen=True, kw_only=True):
    """An area that technicians serve."""

    id: str
    portal_id: str
    name: str
    area: dict[str, Any] | None = None
    """GeoJSON geometry."""


class ResourceTerritory(msgspec.Struct, frozen=True):
    """That a technician serves a territory."""

    resource_id: str
    territory_id: str


async def insert_resources(tx: AsyncConnection, resources: Iterable[Resource]) -> None:
    """Insert resources."""
    await rows.insert(tx, resource, resources)


async def insert_territories(tx: AsyncConnection, territories: Iterable[Territory]) -> None:
    """Insert territories."""
    await rows.insert(tx, territory, territories)


async def assign_territories(tx: AsyncConnection, pairs: Iterable[ResourceTerritory]) -> None:
    """Insert who serves which territory."""
    await rows.insert(tx, resource_territory, pairs)


async def get_resource(tx: AsyncConnection, resource_id: str) -> Resource | None:
    """Read one resource."""
    return await rows.find(tx, Resource, select(resource).where(resource.c.id == resource_id))


async def list_resources(
    tx: AsyncConnection,
    portal_id: str,
    *,
    territory_id: str | None = None,
    after: str | None = None,
    limit: int = 500,
) -> list[Resource]:
    """List a portal's resources by id, those after the id `after`; `territory_id` narrows to who serve it."""
    query = select(resource).where(resource.c.portal_id == portal_id)
    if territory_id is not None:
        query = query.join(resource_territory).where(resource_territory.c.territory_id == territory_id)
    return await rows.page(tx, Resource, query, resource.c.id, after, limit)


async def working(tx: AsyncConnection, portal_id: str) -> list[Resource]:
    """Read all resources of a portal who work, by name."""
    query = select(resource).where(resource.c.portal_id == portal_id, resource.c.active)
    return await rows.find_all(tx, Resource, query.order_by(resource.c.name, resource.c.id))


async def under_way(tx: AsyncConnection, portal_id: str) -> list[Resource]:
    """Read whom somebody may look for, by name: people who work, and other resources that have a device."""
    heard = select(device.c.id).where(device.c.resource_id == resource.c.id, device.c.revoked_at.is_(None)).exists()
    query = select(resource).where(
        resource.c.portal_id == portal_id, resource.c.active, or_(resource.c.kind.in_(sorted(PEOPLE)), heard)
    )
    return await rows.find_all(tx, Resource, query.order_by(resource.c.name, resource.c.id))


async def served_territories(tx: AsyncConnection, portal_id: str) -> dict[str, tuple[str, ...]]:
    """Read which territories each resource of a portal serves, by resource."""
    query = select(resource_territory).join(resource).where(resource.c.portal_id == portal_id)
    served: dict[str, tuple[str, ...]] = {}
    for row in await tx.execute(query.order_by(resource_territory.c.territory_id)):
        served[row.resource_id] = (*served.get(row.resource_id, ()), row.territory_id)
    return served


async def territories_of(tx: AsyncConnection, portal_id: str) -> list[Territory]:
    """Read all territories of a portal, by name."""
    query = select(territory).where(territory.c.portal_id == portal_id)
    return await rows.find_all(tx, Territory, query.order_by(territory.c.name, territory.c.id))


async def list_territories(
    tx: AsyncConnection, portal_id: str, *, after: str | None = None, limit: int = 500
) -> list[Territory]:
    """List a portal's territories by id, those after the id `after`."""
    query = select(territory).where(territory.c.portal_id == portal_id)
    return await rows.page(tx, Territory, query, territory.c.id, after, limit)
