"""Portals: one brand with its accounts, technicians and settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import portal


class Portal(msgspec.Struct, frozen=True, kw_only=True):
    """One portal."""

    id: str
    name: str
    brand: dict[str, Any] = {}
    """Logo, colours, font."""
    switches: dict[str, Any] = {}
    """What the operator turned on."""
    demo: bool = False
    """Whether everything in it is made up."""
    locale: str = "en"
    time_zone: str = "UTC"
    """IANA name."""


async def insert_portals(tx: AsyncConnection, portals: Iterable[Portal]) -> None:
    """Insert portals."""
    await rows.insert(tx, portal, portals)


async def list_portals(tx: AsyncConnection, *, after: str | None = None, limit: int = 500) -> list[Portal]:
    """List portals by id, those after the id `after`."""
    return await rows.page(tx, Portal, select(portal), portal.c.id, after, limit)


async def get_portal(tx: AsyncConnection, portal_id: str) -> Portal | None:
    """Read one portal."""
    return await rows.find(tx, Portal, select(portal).where(portal.c.id == portal_id))


async def time_zone_of(tx: AsyncConnection, portal_id: str) -> str:
    """Read a portal's time zone alone: its switches may be large. UTC where there is no such portal."""
    query = select(portal.c.time_zone).where(portal.c.id == portal_id)
    return (await tx.execute(query)).scalar_one_or_none() or "UTC"


async def is_switched_on(tx: AsyncConnection, portal_id: str, switch: str) -> bool:
    """Tell whether a switch of a portal is true, without reading the others."""
    query = select(portal.c.switches[switch].as_boolean()).where(portal.c.id == portal_id)
    return (await tx.execute(query)).scalar_one_or_none() is True
