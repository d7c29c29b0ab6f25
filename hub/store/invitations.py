"""Invitations: links by which a known contact books without typing who they are."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import account, contact, invitation


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as stored."""

    id: str
    contact_id: str
    token_hash: bytes
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an open invitation is for."""

    id: str
    contact_id: str
    portal_id: str


async def insert_invitation(tx: AsyncConnection, new: Invitation) -> None:
    """Insert an invitation."""
    await rows.insert(tx, invitation, [new])


async def find_open(tx: AsyncConnection, token_hash: bytes, now: datetime) -> Invited | None:
    """Find whom the invitation with this token's hash is for; None where it opens nothing any more."""
    query = (
        select(invitation.c.id, invitation.c.contact_id, account.c.portal_id)
        .join_from(invitation, contact, invitation.c.contact_id == contact.c.id)
        .join(account, contact.c.account_id == account.c.id)
        .where(
            invitation.c.token_hash == token_hash,
            invitation.c.revoked_at.is_(None),
            invitation.c.expires_at > now,
        )
    )
    return await rows.find(tx, Invited, query)


async def revoke(tx: AsyncConnection, invitation_id: str, now: datetime) -> bool:
    """Revoke an invitation; tell whether there is one. The first time stays."""
    change = update(invitation).where(invitation.c.id == invitation_id)
    revoked_at = func.coalesce(invitation.c.revoked_at, now)
    return (await tx.execute(change.values(revoked_at=revoked_at))).rowcount == 1
