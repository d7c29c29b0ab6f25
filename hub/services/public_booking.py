"""Which portals let everybody book."""

from __future__ import annotations

import msgspec

from hub.store import portals, service_types
from hub.store.database import Database
from hub.store.portals import Portal
from hub.store.service_types import ServiceType

SWITCH = "public_booking"


async def books_publicly(db: Database, portal_id: str) -> bool:
    """Tell whether everybody may book at this portal."""
    async with db.read() as tx:
        return await portals.is_switched_on(tx, portal_id, SWITCH)


async def bookable_services(db: Database, portal_id: str | None, language: str) -> list[ServiceType]:
    """List what customers can book themselves at a portal, or at all portals where everybody may book.

    Each has the name that customers read in their language.
    """
    async with db.read() as tx:
        everywhere = await portals.list_portals(tx) if portal_id is None else []
        open_ones = [portal.id for portal in everywhere if portal.switches.get(SWITCH) is True]
        found = [await service_types.list_service_types(tx, one) for one in ([portal_id] if portal_id else open_ones)]
    return [
        msgspec.structs.replace(service, name=service.display_names.get(language, service.name))
        for some in found
        for service in some
        if service.active and service.online_bookable
    ]


async def public_portal(db: Database) -> Portal | None:
    """Find the portal whose booking page this hub shows: the first that lets everybody book."""
    async with db.read() as tx:
        found = [portal for portal in await portals.list_portals(tx) if portal.switches.get(SWITCH) is True]
    return found[0] if found else None
