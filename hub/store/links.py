"""Links: what opens a visit for its customer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import ENDED
from hub.domain.link_scope import LinkScope
from hub.store import rows
from hub.store.tables import booking, link, work_order
from hub.store.visits import FORGOTTEN_AFTER


class LinkRow(msgspec.Struct, frozen=True, kw_only=True):
    """A link as stored."""

    id: str
    booking_id: str
    scope: LinkScope
    token_hash: bytes
    expires_at: datetime
    created_at: datetime
    revoked_at: datetime | None = None
    shared_by: str | None = None
    """Id of the link whose holder made this one; None where the company did."""


def _is_open(now: datetime) -> ColumnElement[bool]:
    """Hold for links that open their visit now: a shared one only as long as the visit lasts, and its maker's link."""
    maker = link.alias("maker")
    lasts = (
        select(maker.c.id)
        .join(booking, booking.c.id == maker.c.booking_id)
        .where(
            maker.c.id == link.c.shared_by,
            maker.c.revoked_at.is_(None),
            maker.c.expires_at > now,
            booking.c.status.not_in(sorted(ENDED)),
            booking.c.ends_at > now - FORGOTTEN_AFTER,
        )
        .correlate(link)
    )
    return and_(link.c.revoked_at.is_(None), link.c.expires_at > now, or_(link.c.shared_by.is_(None), lasts.exists()))


def _booking_of(link_id: str) -> ScalarSelect[str]:
    """Find a link's booking, whose links are few and have an index."""
    maker = link.alias("maker")
    return select(maker.c.booking_id).where(maker.c.id == link_id).scalar_subquery()


async def insert_links(tx: AsyncConnection, links: Iterable[LinkRow]) -> None:
    """Insert links."""
    await rows.insert(tx, link, links)


async def find_open(tx: AsyncConnection, token_hash: bytes, now: datetime) -> LinkRow | None:
    """Find the link with this token's hash, if it opens its visit now."""
    query = select(link).where(link.c.token_hash == token_hash, _is_open(now))
    return await rows.find(tx, LinkRow, query)


async def find_shared(tx: AsyncConnection, link_id: str, now: datetime) -> LinkRow | None:
    """Find the newest link that was shared from this one and is open."""
    query = select(link).where(link.c.shared_by == link_id, link.c.booking_id == _booking_of(link_id), _is_open(now))
    return await rows.find(tx, LinkRow, query.order_by(link.c.id.desc()).limit(1))


async def revoke_shared(tx: AsyncConnection, link_id: str, now: datetime) -> None:
    """Revoke whatever was shared from this link."""
    shared = (link.c.shared_by == link_id, link.c.booking_id == _booking_of(link_id), link.c.revoked_at.is_(None))
    await tx.execute(update(link).where(*shared).values(revoked_at=now))


async def first_of_booking(tx: AsyncConnection, booking_id: str) -> dict[LinkScope, str]:
    """Read the ids of a booking's first links, by their scope: those that it was made with."""
    query = select(link.c.scope, link.c.id).where(link.c.booking_id == booking_id).order_by(link.c.id.desc())
    return {LinkScope(row.scope): row.id for row in await tx.execute(query)}


async def still_open(tx: AsyncConnection, link_ids: Collection[str], now: datetime) -> set[str]:
    """Tell which of these links are neither revoked nor expired."""
    query = select(link.c.id).where(link.c.id.in_(link_ids), _is_open(now))
    return set((await tx.execute(query)).scalars())


async def revoke(tx: AsyncConnection, link_id: str, now: datetime, portal_id: str | None = None) -> bool:
    """Revoke a link, of this portal if one is named; tell whether there is one. The first time stays."""
    change = update(link).where(link.c.id == link_id).values(revoked_at=func.coalesce(link.c.revoked_at, now))
    if portal_id is not None:
        of_portal = select(booking.c.id).join(work_order).where(work_order.c.portal_id == portal_id)
        change = change.where(link.c.booking_id.in_(of_portal))
    return (await tx.execute(change)).rowcount == 1
