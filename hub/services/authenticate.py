"""Tell who holds a token: a device, a customer's link, an API key. Expired and revoked are as unknown."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.link_scope import LinkScope
from hub.domain.roles import Role
from hub.domain.tokens import token_hash
from hub.store import api_keys, devices, links
from hub.store.database import Database
from hub.store.devices import DeviceRow


class DeviceIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """A technician's device."""

    device_id: str
    resource_id: str
    portal_id: str
    expires_at: datetime | None


class OpenLink(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's link that opens its visit now."""

    link_id: str
    booking_id: str
    scope: LinkScope
    expires_at: datetime


class ApiKeyIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Another program's key, or a person's at the command line."""

    api_key_id: str
    portal_id: str
    name: str
    role: Role
    expires_at: datetime | None

    @property
    def actor(self) -> str:
        """Name the key as events do."""
        return f"api_key:{self.api_key_id}"


async def authenticate_device(db: Database, token: str, now: datetime) -> DeviceIdentity | None:
    """Find the device whose token this is, None unless it may send now."""
    async with db.read() as tx:
        return _identity(await devices.find_by_hash(tx, token_hash(token)), now)


async def named_device(db: Database, device_id: str, now: datetime) -> DeviceIdentity | None:
    """Find the device of this id, None unless it may send now; whoever asks vouches for it."""
    async with db.read() as tx:
        return _identity(await devices.get(tx, device_id), now)


def _identity(found: DeviceRow | None, now: datetime) -> DeviceIdentity | None:
    if found is None or not _valid(found.expires_at, found.revoked_at, now):
        return None
    return DeviceIdentity(
        device_id=found.id,
        resource_id=found.resource_id,
        portal_id=found.portal_id,
        expires_at=found.expires_at,
    )


async def open_link(db: Database, token: str, now: datetime) -> OpenLink | None:
    """Find the link whose token this is, None unless it opens its visit now."""
    async with db.read() as tx:
        found = await links.find_open(tx, token_hash(token), now)
    if found is None:
        return None
    return OpenLink(link_id=found.id, booking_id=found.booking_id, scope=found.scope, expires_at=found.expires_at)


async def authenticate_api_key(db: Database, token: str, now: datetime) -> ApiKeyIdentity | None:
    """Find the API key whose token this is, None unless it may be used now."""
    async with db.read() as tx:
        found = await api_keys.find_by_hash(tx, token_hash(token))
    if found is None or not _valid(found.expires_at, found.revoked_at, now):
        return None
    return ApiKeyIdentity(
        api_key_id=found.id,
        portal_id=found.portal_id,
        name=found.name,
        role=found.role,
        expires_at=found.expires_at,
    )


def _valid(expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> bool:
    return revoked_at is None and (expires_at is None or now < expires_at)
