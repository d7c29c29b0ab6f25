"""Enrolments: links by which a phone becomes a technician's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import enrolment, portal, resource


class EnrolmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of an enrolment row."""

    id: str
    resource_id: str
    token_hash: bytes
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class Enrolment(EnrolmentRow, frozen=True, kw_only=True):
    """An enrolment as stored, with its technician and the portal."""

    technician_name: str
    technician_active: bool
    portal_id: str
    portal_name: str
    portal_demo: bool


async def insert_enrolments(tx: AsyncConnection, enrolments: Iterable[EnrolmentRow]) -> None:
    """Insert enrolments."""
    await rows.insert(tx, enrolment, enrolments)


async def find_by_hash(tx: AsyncConnection, token_hash: bytes) -> Enrolment | None:
    """Find the enrolment with this token's hash, used, expired and revoked ones too."""
    return await rows.find(tx, Enrolment, _enrolments().where(enrolment.c.token_hash == token_hash))


async def get_for_update(tx: AsyncConnection, token_hash: bytes) -> Enrolment | None:
    """Find an enrolment and keep others from using it until the transaction ends."""
    query = _enrolments().where(enrolment.c.token_hash == token_hash).with_for_update(of=enrolment)
    return await rows.find(tx, Enrolment, query)


async def longest_of_demo(tx: AsyncConnection, now: datetime) -> Enrolment | None:
    """Find the open enrolment of a demo that lasts longest: the demo's own, since those that staff make last less."""
    query = _enrolments().where(portal.c.demo, enrolment.c.revoked_at.is_(None), enrolment.c.expires_at > now)
    return await rows.find(tx, Enrolment, query.order_by(enrolment.c.expires_at.desc(), enrolment.c.id).limit(1))


async def mark_used(tx: AsyncConnection, enrolment_id: str, now: datetime) -> None:
    """Remember when an enrolment was used; the first time stays."""
    change = update(enrolment).where(enrolment.c.id == enrolment_id)
    await tx.execute(change.values(used_at=func.coalesce(enrolment.c.used_at, now)))


async def revoke(tx: AsyncConnection, enrolment_id: str, now: datetime, portal_id: str | None = None) -> bool:
    """Revoke an enrolment, of this portal if one is named; tell whether there is one. The first time stays."""
    change = (
        update(enrolment)
        .where(enrolment.c.id == enrolment_id)
        .values(revoked_at=func.coalesce(enrolment.c.revoked_at, now))
    )
    if portal_id is not None:
        of_portal = select(resource.c.id).where(resource.c.portal_id == portal_id)
        change = change.where(enrolment.c.resource_id.in_(of_portal))
    return (await tx.execute(change)).rowcount == 1


def _enrolments() -> Select[Any]:
    return (
        select(
            enrolment,
            resource.c.name.label("technician_name"),
            resource.c.active.label("technician_active"),
            portal.c.id.label("portal_id"),
            portal.c.name.label("portal_name"),
            portal.c.demo.label("portal_demo"),
        )
        .join_from(enrolment, resource, enrolment.c.resource_id == resource.c.id)
        .join(portal, resource.c.portal_id == portal.c.id)
    )
