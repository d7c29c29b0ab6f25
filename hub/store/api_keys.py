"""API keys: what other programs sign in with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.roles import Role
from hub.store import rows
from hub.store.tables import api_key


class ApiKeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """An API key as stored."""

    id: str
    portal_id: str
    name: str
    role: Role
    token_hash: bytes
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


async def insert_api_keys(tx: AsyncConnection, keys: Iterable[ApiKeyRow]) -> None:
    """Insert API keys."""
    await rows.insert(tx, api_key, keys)


async def find_by_hash(tx: AsyncConnection, token_hash: bytes) -> ApiKeyRow | None:
    """Find the API key with this token's hash, expired and revoked ones too."""
    return await rows.find(tx, ApiKeyRow, select(api_key).where(api_key.c.token_hash == token_hash))


async def still_active(tx: AsyncConnection, key_ids: Collection[str], now: datetime) -> set[str]:
    """Tell which of these API keys may be used now."""
    unexpired = or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > now)
    query = select(api_key.c.id).where(api_key.c.id.in_(key_ids), api_key.c.revoked_at.is_(None), unexpired)
    return set((await tx.execute(query)).scalars())


async def list_api_keys(tx: AsyncConnection) -> list[ApiKeyRow]:
    """Read the keys of all portals, the oldest first, expired and revoked ones too."""
    return await rows.find_all(tx, ApiKeyRow, select(api_key).order_by(api_key.c.created_at, api_key.c.id))


async def revoke(tx: AsyncConnection, api_key_id: str, now: datetime, portal_id: str | None = None) -> bool:
    """Revoke an API key, of this portal if one is named; tell whether there is one. The first time stays."""
    change = (
        update(api_key).where(api_key.c.id == api_key_id).values(revoked_at=func.coalesce(api_key.c.revoked_at, now))
    )
    if portal_id is not None:
        change = change.where(api_key.c.portal_id == portal_id)
    return (await tx.execute(change)).rowcount == 1
