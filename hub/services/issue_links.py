"""Make and revoke customers' links, and what customers share of them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.link_scope import LinkScope
from hub.domain.tokens import link_token, token_hash
from hub.services.authenticate import OpenLink
from hub.services.outcomes import UnknownBooking
from hub.store import bookings, links
from hub.store.database import Database
from hub.store.ids import new_id


class IssuedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A new link; `token` goes into its URL."""

    id: str
    token: str
    booking_id: str
    scope: LinkScope
    expires_at: datetime


async def issue_link(
    db: Database,
    secret: bytes,
    booking_id: str,
    scope: LinkScope,
    *,
    expires_at: datetime,
    now: datetime,
    portal_id: str | None,
) -> IssuedLink | UnknownBooking:
    """Make a link to a booking of this portal (None: of any portal, for the operator)."""
    link_id = new_id("li")
    token = link_token(secret, link_id)
    async with db.write() as tx:
        booking = await bookings.get(tx, booking_id)
        if booking is None or portal_id not in (None, booking.portal_id):
            return UnknownBooking(booking_id)
        row = links.LinkRow(
            id=link_id,
            booking_id=booking_id,
            scope=scope,
            token_hash=token_hash(token),
            expires_at=expires_at,
            created_at=now,
        )
        await links.insert_links(tx, [row])
    return _issued(secret, row)


async def share_link(db: Database, secret: bytes, shared_by: OpenLink, *, now: datetime) -> IssuedLink:
    """Make the link by which a customer lets somebody else look; the same again while it is open.

    It closes when its visit is over, and with the link that it was made from.
    """
    # Asked again and again, it keeps nobody from writing.
    if known := await shared_link(db, secret, shared_by, now=now):
        return known
    async with db.write() as tx:
        row = await links.find_shared(tx, shared_by.link_id, now)
        if row is None:
            link_id = new_id("li")
            row = links.LinkRow(
                id=link_id,
                booking_id=shared_by.booking_id,
                scope=LinkScope.TRACK,
                token_hash=token_hash(link_token(secret, link_id)),
                expires_at=shared_by.expires_at,
                created_at=now,
                shared_by=shared_by.link_id,
            )
            await links.insert_links(tx, [row])
    return _issued(secret, row)


async def shared_link(db: Database, secret: bytes, shared_by: OpenLink, *, now: datetime) -> IssuedLink | None:
    """Find the open link that `share_link` has made."""
    async with db.read() as tx:
        row = await links.find_shared(tx, shared_by.link_id, now)
    return _issued(secret, row) if row else None


async def stop_sharing(db: Database, shared_by: OpenLink, *, now: datetime) -> None:
    """Revoke what `share_link` has made."""
    async with db.write() as tx:
        await links.revoke_shared(tx, shared_by.link_id, now)


def _issued(secret: bytes, row: links.LinkRow) -> IssuedLink:
    token = link_token(secret, row.id)
    return IssuedLink(id=row.id, token=token, booking_id=row.booking_id, scope=row.scope, expires_at=row.expires_at)


async def revoke_link(db: Database, link_id: str, *, now: datetime, portal_id: str | None) -> bool:
    """Revoke a link of this portal (None: of any); tell whether there is one. Again changes nothing."""
    async with db.write() as tx:
        return await links.revoke(tx, link_id, now, portal_id)
