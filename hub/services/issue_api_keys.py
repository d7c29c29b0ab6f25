"""Make and revoke API keys."""

from __future__ import annotations

import secrets
from datetime import datetime

import msgspec

from hub.domain.roles import Role
from hub.domain.tokens import API_KEY_PREFIX, token_hash
from hub.services.outcomes import UnknownPortal
from hub.store import api_keys, portals
from hub.store.database import Database
from hub.store.ids import new_id

TOKEN_PREFIX = API_KEY_PREFIX
_RANDOM_BYTES = 24


class IssuedApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A new API key; `token` is told only now."""

    id: str
    portal_id: str
    role: Role
    token: str


async def issue_api_key(
    db: Database,
    portal_id: str,
    name: str,
    role: Role,
    *,
    now: datetime,
    expires_at: datetime | None = None,
) -> IssuedApiKey | UnknownPortal:
    """Make an API key for a portal."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    async with db.write() as tx:
        if await portals.get_portal(tx, portal_id) is None:
            return UnknownPortal(portal_id)
        key = api_keys.ApiKeyRow(
            id=new_id("ak"),
            portal_id=portal_id,
            name=name,
            role=role,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=expires_at,
        )
        await api_keys.insert_api_keys(tx, [key])
    return IssuedApiKey(id=key.id, portal_id=portal_id, role=role, token=token)


async def revoke_api_key(db: Database, api_key_id: str, *, now: datetime, portal_id: str | None) -> bool:
    """Revoke an API key of this portal (None: of any); tell whether there is one. Again changes nothing."""
    async with db.write() as tx:
        return await api_keys.revoke(tx, api_key_id, now, portal_id)
