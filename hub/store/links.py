"""Links: what opens a visit for its customer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.link_scope import LinkScope
from hub.store import rows
from hub.store.tables import booking, link, work_order


class LinkRow(msgspec.Struct, frozen=True, kw_only=True):
    """A link as stored."""

    id: str
    booking_id: str
    scope: LinkScope
    token_hash: bytes
    expires_at: datetime
    created_at: datetime
    revoked_at: datetime | None = None


async def insert_links(tx: AsyncConnection, links: Iterable[LinkRow]) -> None:
    """Insert links."""
    await rows.insert(tx, link, links)


async def find_by_hash(tx: AsyncConnection, token_hash: bytes) -> LinkRow | None:
    """Find the link with this token's hash, expired and revoked ones too."""
    return await rows.find(tx, LinkRow, select(link).where(link.c.token_hash == token_hash))


async def first_of_booking(tx: AsyncConnection, booking_id: str) -> dict[LinkScope, str]:
    """Read the ids of a booking's first links, by their scope: those that it was made with."""
    query = select(link.c.scope, link.c.id).where(link.c.booking_id == booking_id).order_by(link.c.id.desc())
    return {LinkScope(row.scope): row.id for row in await tx.execute(query)}


async def still_open(tx: AsyncConnection, link_ids: Collection[str], now: datetime) -> set[str]:
    """Tell which of these links are neither revoked nor expired."""
    query = select(link.c.id).where(link.c.id.in_(link_ids), link.c.revoked_at.is_(None), link.c.expires_at > now)
    return set((await tx.execute(query)).scalars())


async def revoke(tx: AsyncConnection, link_id: str, now: datetime, portal_id: str | None = None) -> bool:
    """Revoke a link, of this portal if one is named; tell whether there is one. The first time stays."""
    change = update(link).where(link.c.id == link_id).values(revoked_at=func.coalesce(link.c.revoked_at, now))
    if portal_id is not None:
        of_portal = select(booking.c.id).join(work_order).where(work_order.c.portal_id == portal_id)
        change = change.where(link.c.booking_id.in_(of_portal))
    return (await tx.execute(change)).rowcount == 1
