"""Sessions: who is signed in with which browser."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.roles import Role
from hub.store import rows
from hub.store.tables import device, portal, resource, session, staff


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A session as stored: of one member of staff or of one technician."""

    id: str
    token_hash: bytes
    created_at: datetime
    expires_at: datetime
    staff_id: str | None = None
    resource_id: str | None = None
    device_id: str | None = None
    """What a technician's browser sends pings as."""
    ended_at: datetime | None = None


class StaffSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session with the member of staff whose it is."""

    id: str
    staff_id: str
    portal_id: str
    email: str
    name: str
    role: Role
    expires_at: datetime


class TechnicianSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session with the technician whose it is, and the phone."""

    id: str
    resource_id: str
    device_id: str
    portal_id: str
    portal_name: str
    portal_demo: bool
    time_zone: str
    """IANA name of the portal's zone."""
    name: str
    expires_at: datetime


async def insert_sessions(tx: AsyncConnection, sessions: Iterable[SessionRow]) -> None:
    """Insert sessions."""
    await rows.insert(tx, session, sessions)


async def find_staff(tx: AsyncConnection, token_hash: bytes, now: datetime) -> StaffSession | None:
    """Find the session with this token's hash, None unless it is open now and its person is not disabled."""
    query = (
        select(
            session.c.id,
            session.c.staff_id,
            staff.c.portal_id,
            staff.c.email,
            staff.c.name,
            staff.c.role,
            session.c.expires_at,
        )
        .join_from(session, staff, session.c.staff_id == staff.c.id)
        .where(
            session.c.token_hash == token_hash,
            session.c.ended_at.is_(None),
            session.c.expires_at > now,
            staff.c.disabled_at.is_(None),
        )
    )
    return await rows.find(tx, StaffSession, query)


async def still_open(tx: AsyncConnection, session_ids: Collection[str], now: datetime) -> set[str]:
    """Tell which of these sessions of staff are open now, and their person not disabled."""
    query = (
        select(session.c.id)
        .join_from(session, staff, session.c.staff_id == staff.c.id)
        .where(
            session.c.id.in_(session_ids),
            session.c.ended_at.is_(None),
            session.c.expires_at > now,
            staff.c.disabled_at.is_(None),
        )
    )
    return set((await tx.execute(query)).scalars())


async def find_technician(tx: AsyncConnection, token_hash: bytes, now: datetime) -> TechnicianSession | None:
    """Find the session with this token's hash, None unless it is open now, and technician and phone still count."""
    query = (
        select(
            session.c.id,
            session.c.resource_id,
            session.c.device_id,
            resource.c.portal_id,
            portal.c.name.label("portal_name"),
            portal.c.demo.label("portal_demo"),
            portal.c.time_zone,
            resource.c.name,
            session.c.expires_at,
        )
        .join_from(session, resource, session.c.resource_id == resource.c.id)
        .join(device, session.c.device_id == device.c.id)
        .join(portal, resource.c.portal_id == portal.c.id)
        .where(
            session.c.token_hash == token_hash,
            session.c.ended_at.is_(None),
            session.c.expires_at > now,
            device.c.revoked_at.is_(None),
            resource.c.active,
        )
    )
    return await rows.find(tx, TechnicianSession, query)


async def begun_since(tx: AsyncConnection, resource_id: str, since: datetime) -> list[SessionRow]:
    """Read a technician's sessions that began at `since` or later, ended ones too."""
    query = select(session).where(session.c.resource_id == resource_id, session.c.created_at >= since)
    return await rows.find_all(tx, SessionRow, query.order_by(session.c.created_at, session.c.id))


async def end(tx: AsyncConnection, token_hash: bytes, now: datetime) -> None:
    """End the session with this token's hash, if there is one; the first time stays."""
    change = update(session).where(session.c.token_hash == token_hash)
    await tx.execute(change.values(ended_at=func.coalesce(session.c.ended_at, now)))


async def end_of_staff(tx: AsyncConnection, staff_id: str, now: datetime) -> None:
    """End all open sessions of a member of staff."""
    open_ones = update(session).where(session.c.staff_id == staff_id, session.c.ended_at.is_(None))
    await tx.execute(open_ones.values(ended_at=now))
