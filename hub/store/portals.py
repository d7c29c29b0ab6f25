"""Portals: one brand with its accounts, technicians and settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import api_key, event, metadata, portal


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


async def get_portal(tx: AsyncConnection, portal_id: str, *, lock: bool = False) -> Portal | None:
    """Read one portal; `lock` keeps others from changing it until the transaction ends."""
    query = select(portal).where(portal.c.id == portal_id)
    return await rows.find(tx, Portal, query.with_for_update() if lock else query)


async def update_portal(tx: AsyncConnection, changed: Portal) -> None:
    """Write what is told of a portal."""
    names = ("name", "locale", "time_zone", "switches", "brand")
    values = {name: getattr(changed, name) for name in names}
    await tx.execute(update(portal).where(portal.c.id == changed.id).values(values))


async def left_in(tx: AsyncConnection, portal_id: str) -> list[str]:
    """Name the tables that hold anything of a portal, apart from its keys and events."""
    keys = [key for table in metadata.sorted_tables for key in table.foreign_keys if key.column.table is portal]
    of = {key.parent.table.name: key.parent for key in keys if key.parent.table not in (api_key, event)}
    found = (await tx.execute(select(*(exists().where(column == portal_id) for column in of.values())))).one()
    return sorted(name for name, is_there in zip(of, found, strict=True) if is_there)


async def remove_portal(tx: AsyncConnection, portal_id: str) -> bool:
    """Delete a portal with its keys and events; tell whether it was there. Raises `IntegrityError`."""
    for table in (api_key, event):
        await tx.execute(delete(table).where(table.c.portal_id == portal_id))
    return (await tx.execute(delete(portal).where(portal.c.id == portal_id))).rowcount == 1


async def time_zone_of(tx: AsyncConnection, portal_id: str) -> str:
    """Read a portal's time zone alone: its switches may be large. UTC where there is no such portal."""
    query = select(portal.c.time_zone).where(portal.c.id == portal_id)
    return (await tx.execute(query)).scalar_one_or_none() or "UTC"


async def is_switched_on(tx: AsyncConnection, portal_id: str, switch: str) -> bool:
    """Tell whether a switch of a portal is true, without reading the others."""
    query = select(portal.c.switches[switch].as_boolean()).where(portal.c.id == portal_id)
    return (await tx.execute(query)).scalar_one_or_none() is True
