"""Links as mails need them: many bookings at once, and made by whichever worker comes first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.link_scope import LinkScope
from hub.store import rows
from hub.store.links import LinkRow
from hub.store.tables import link


async def open_manage_links(tx: AsyncConnection, booking_ids: Collection[str], now: datetime) -> list[LinkRow]:
    """Read these bookings' open links with scope `manage`, newest first."""
    query = select(link).where(
        link.c.booking_id.in_(booking_ids),
        link.c.scope == LinkScope.MANAGE.value,
        link.c.revoked_at.is_(None),
        link.c.expires_at > now,
    )
    return await rows.find_all(tx, LinkRow, query.order_by(link.c.created_at.desc(), link.c.id))


async def insert_missing(tx: AsyncConnection, links: Sequence[LinkRow]) -> None:
    """Insert links, leaving those that are there already as they are."""
    if not links:
        return
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    await tx.execute(insert(link).on_conflict_do_nothing(), [msgspec.structs.asdict(row) for row in links])
