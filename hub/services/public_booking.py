"""Which portals let everybody book."""

from __future__ import annotations

from hub.store import portals, service_types
from hub.store.database import Database
from hub.store.portals import Portal
from hub.store.service_types import ServiceType

SWITCH = "public_booking"


async def books_publicly(db: Database, portal_id: str) -> bool:
    """Tell whether everybody may book at this portal."""
    async with db.read() as tx:
        return await portals.is_switched_on(tx, portal_id, SWITCH)


async def bookable_services(db: Database, portal_id: str | None) -> list[ServiceType]:
    """List the service types of a portal, or of all portals where everybody may book."""
    async with db.read() as tx:
        if portal_id is not None:
            return await service_types.list_service_types(tx, portal_id)
        found = [portal for portal in await portals.list_portals(tx) if portal.switches.get(SWITCH) is True]
        return [service for portal in found for service in await service_types.list_service_types(tx, portal.id)]


async def public_portal(db: Database) -> Portal | None:
    """Find the portal whose booking page this hub shows: the first that lets everybody book."""
    async with db.read() as tx:
        found = [portal for portal in await portals.list_portals(tx) if portal.switches.get(SWITCH) is True]
    return found[0] if found else None
