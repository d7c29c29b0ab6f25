"""Make a phone a technician's by a link: no password is needed on it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.enrolment import VALID_FOR, may_enrol
from hub.domain.tokens import device_token, enrolment_token, session_token, token_hash
from hub.services.outcomes import UnknownResource
from hub.store import devices, enrolments, resources, sessions
from hub.store.database import Database
from hub.store.enrolments import Enrolment
from hub.store.ids import new_id

TECHNICIANS_STAY = timedelta(days=30)
PRESSED_AGAIN_WITHIN = timedelta(seconds=60)
"""A double press on a slow connection; whoever comes later has lost the cookie for another reason."""
DEVICE_NAME = "browser"


class IssuedEnrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A new enrolment; `token` is told only now."""

    id: str
    resource_id: str
    technician_name: str
    token: str
    expires_at: datetime


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """A phone that is a technician's now; `session_token` is told only now."""

    session_token: str
    device_id: str
    resource_id: str
    expires_at: datetime


class EnrolmentGone(msgspec.Struct, frozen=True):
    """The link is unknown, was used, has expired or was revoked."""


async def issue_enrolment(
    db: Database, secret: bytes, resource_id: str, *, now: datetime, portal_id: str | None
) -> IssuedEnrolment | UnknownResource:
    """Make an enrolment link for a technician of this portal (None: of any portal, for the operator)."""
    enrolment_id = new_id("en")
    token = enrolment_token(secret, enrolment_id)
    async with db.write() as tx:
        technician = await resources.get_resource(tx, resource_id)
        if technician is None or not technician.active or portal_id not in (None, technician.portal_id):
            return UnknownResource(resource_id)
        row = enrolments.EnrolmentRow(
            id=enrolment_id,
            resource_id=resource_id,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + VALID_FOR,
        )
        await enrolments.insert_enrolments(tx, [row])
    return IssuedEnrolment(
        id=enrolment_id,
        resource_id=resource_id,
        technician_name=technician.name,
        token=token,
        expires_at=row.expires_at,
    )


async def revoke_enrolment(db: Database, enrolment_id: str, *, now: datetime, portal_id: str | None) -> bool:
    """Revoke an enrolment of this portal (None: of any); tell whether there is one. Again changes nothing."""
    async with db.write() as tx:
        return await enrolments.revoke(tx, enrolment_id, now, portal_id)


async def open_enrolment(db: Database, token: str, now: datetime) -> Enrolment | EnrolmentGone:
    """Look at an enrolment without using it."""
    async with db.read() as tx:
        found = await enrolments.find_by_hash(tx, token_hash(token))
    return found if found and _is_open(found, now) else EnrolmentGone()


async def enrol(db: Database, secret: bytes, token: str, *, browser: str, now: datetime) -> Enrolled | EnrolmentGone:
    """Use an enrolment: of two at once only one succeeds, except in a demo (see `may_enrol`).

    The phone gets a device, whose token follows from its id, and a session that knows it. `browser` is a secret that
    only this browser has: a double press, whose first answer the browser throws away, gets the same session again.
    """
    async with db.write() as tx:
        found = await enrolments.get_for_update(tx, token_hash(token))
        if found is None:
            return EnrolmentGone()
        if not _is_open(found, now):
            return await _again(tx, secret, found, browser, now)
        await enrolments.mark_used(tx, found.id, now)
        return await _begin(tx, secret, found.resource_id, browser, now)


async def _again(
    tx: AsyncConnection, secret: bytes, found: Enrolment, browser: str, now: datetime
) -> Enrolled | EnrolmentGone:
    used_at = found.used_at
    if used_at is None or not used_at <= now < used_at + PRESSED_AGAIN_WITHIN or found.revoked_at is not None:
        return EnrolmentGone()
    for begun in await sessions.begun_since(tx, found.resource_id, used_at):
        token = session_token(secret, begun.device_id or "", browser)
        if token_hash(token) == begun.token_hash and await sessions.find_technician(tx, begun.token_hash, now):
            return Enrolled(
                session_token=token,
                device_id=begun.device_id or "",
                resource_id=found.resource_id,
                expires_at=begun.expires_at,
            )
    return EnrolmentGone()


async def _begin(tx: AsyncConnection, secret: bytes, resource_id: str, browser: str, now: datetime) -> Enrolled:
    device_id, expires_at = new_id("de"), now + TECHNICIANS_STAY
    token = session_token(secret, device_id, browser)
    device = devices.NewDevice(
        id=device_id,
        resource_id=resource_id,
        name=DEVICE_NAME,
        token_hash=token_hash(device_token(secret, device_id)),
        created_at=now,
        expires_at=expires_at,
    )
    session = sessions.SessionRow(
        id=new_id("se"),
        token_hash=token_hash(token),
        resource_id=resource_id,
        device_id=device_id,
        created_at=now,
        expires_at=expires_at,
    )
    await devices.insert_devices(tx, [device])
    await sessions.insert_sessions(tx, [session])
    return Enrolled(session_token=token, device_id=device_id, resource_id=resource_id, expires_at=expires_at)


def _is_open(found: Enrolment, now: datetime) -> bool:
    return found.technician_active and may_enrol(
        now,
        expires_at=found.expires_at,
        used_at=found.used_at,
        revoked_at=found.revoked_at,
        demo=found.portal_demo,
    )
