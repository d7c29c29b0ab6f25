"""Make and revoke devices' tokens."""

from __future__ import annotations

import secrets
from datetime import datetime

import msgspec

from hub.domain.tokens import DEVICE_TOKEN_PREFIX, device_token, token_hash
from hub.services.outcomes import UnknownResource
from hub.store import devices, resources, stored_answers
from hub.store.database import Database
from hub.store.ids import new_id

LONGEST_NAME = 100
TOKEN_PREFIX = DEVICE_TOKEN_PREFIX
_RANDOM_BYTES = 24


class IssuedDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A new device; `token` is told only now."""

    id: str
    resource_id: str
    token: str


async def issue_device(
    db: Database,
    resource_id: str,
    name: str,
    *,
    now: datetime,
    expires_at: datetime | None = None,
    portal_id: str | None,
    secret: bytes | None = None,
    claim: bytes | None = None,
) -> IssuedDevice | UnknownResource:
    """Make a device for a technician of this portal (None: of any portal, for the operator) who works.

    With a `secret` the token follows from the id, so that a repeated answer can name it; `claim` is the key of the
    request that made it.
    """
    device_id = new_id("de")
    token = device_token(secret, device_id) if secret else TOKEN_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    async with db.write() as tx:
        resource = await resources.get_resource(tx, resource_id)
        if resource is None or not resource.active or portal_id not in (None, resource.portal_id):
            return UnknownResource(resource_id)
        device = devices.NewDevice(
            id=device_id,
            resource_id=resource_id,
            name=name,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=expires_at,
        )
        await devices.insert_devices(tx, [device])
        if claim is not None:
            await stored_answers.refer(tx, claim, device_id)
    return IssuedDevice(id=device.id, resource_id=resource_id, token=token)


async def revoke_device(db: Database, device_id: str, *, now: datetime, portal_id: str | None) -> bool:
    """Revoke a device of this portal (None: of any); tell whether there is one. Again changes nothing."""
    async with db.write() as tx:
        return await devices.revoke(tx, device_id, now, portal_id)
