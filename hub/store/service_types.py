"""Service types: what can be booked, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import service_type


class ServiceType(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of work."""

    id: str
    portal_id: str
    name: str
    duration_s: int
    preparation: str = ""
    """What the customer should prepare; may be empty."""


async def insert_service_types(tx: AsyncConnection, service_types: Iterable[ServiceType]) -> None:
    """Insert service types."""
    await rows.insert(tx, service_type, service_types)


async def get_service_type(tx: AsyncConnection, service_type_id: str) -> ServiceType | None:
    """Read one service type."""
    return await rows.find(tx, ServiceType, select(service_type).where(service_type.c.id == service_type_id))


async def list_service_types(
    tx: AsyncConnection, portal_id: str, *, after: str | None = None, limit: int = 500
) -> list[ServiceType]:
    """List a portal's service types by id, those after the id `after`."""
    query = select(service_type).where(service_type.c.portal_id == portal_id)
    return await rows.page(tx, ServiceType, query, service_type.c.id, after, limit)
