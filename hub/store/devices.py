"""Devices: what sends a technician's positions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Double, Select, Text, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.silence import Silence
from hub.store import rows
from hub.store.columns import UtcDateTime
from hub.store.tables import device, resource


class NewDevice(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a device row."""

    id: str
    resource_id: str
    name: str
    token_hash: bytes
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_seen_at: datetime | None = None
    app: str | None = None
    """What it sends with."""
    battery: float | None = None
    """0 to 1, when last told."""
    silence: Silence | None = None
    """Why nothing comes, if the device said so."""
    silence_at: datetime | None = None


class Heard(msgspec.Struct, frozen=True):
    """That a device was heard, and what it told."""

    device_id: str
    at: datetime
    app: str | None
    battery: float | None


class DeviceRow(NewDevice, frozen=True, kw_only=True):
    """A device as stored, with its technician's portal."""

    portal_id: str


async def insert_devices(tx: AsyncConnection, devices: Iterable[NewDevice]) -> None:
    """Insert devices."""
    await rows.insert(tx, device, devices)


async def find_by_hash(tx: AsyncConnection, token_hash: bytes) -> DeviceRow | None:
    """Find the device with this token's hash, expired and revoked ones too."""
    return await rows.find(tx, DeviceRow, _devices().where(device.c.token_hash == token_hash))


async def get(tx: AsyncConnection, device_id: str) -> DeviceRow | None:
    """Read a device, also an expired or revoked one."""
    return await rows.find(tx, DeviceRow, _devices().where(device.c.id == device_id))


async def active(tx: AsyncConnection, now: datetime) -> list[DeviceRow]:
    """Read all devices that may send now: neither revoked nor expired."""
    unexpired = or_(device.c.expires_at.is_(None), device.c.expires_at > now)
    query = _devices().where(device.c.revoked_at.is_(None), unexpired)
    return await rows.find_all(tx, DeviceRow, query.order_by(device.c.id))


async def still_active(tx: AsyncConnection, device_ids: Collection[str], now: datetime) -> set[str]:
    """Tell which of these devices may send now."""
    unexpired = or_(device.c.expires_at.is_(None), device.c.expires_at > now)
    query = select(device.c.id).where(device.c.id.in_(device_ids), device.c.revoked_at.is_(None), unexpired)
    return set((await tx.execute(query)).scalars())


async def list_devices(
    tx: AsyncConnection,
    portal_id: str,
    *,
    resource_id: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[DeviceRow]:
    """List a portal's devices by id, those after the id `after`; `resource_id` narrows to one technician's."""
    query = _of_portal(portal_id)
    if resource_id is not None:
        query = query.where(device.c.resource_id == resource_id)
    return await rows.page(tx, DeviceRow, query, device.c.id, after, limit)


async def of_active_technicians(tx: AsyncConnection, portal_id: str) -> list[DeviceRow]:
    """Read the devices, not revoked, of all technicians of a portal who work."""
    query = _of_portal(portal_id).where(resource.c.active, device.c.revoked_at.is_(None))
    return await rows.find_all(tx, DeviceRow, query.order_by(device.c.id))


async def rename(tx: AsyncConnection, device_id: str, name: str, portal_id: str) -> bool:
    """Give a device of this portal another name; tell whether there is one."""
    change = update(device).where(device.c.id == device_id, device.c.resource_id.in_(_resources(portal_id)))
    return (await tx.execute(change.values(name=name))).rowcount == 1


async def mark_heard(tx: AsyncConnection, heard: Collection[Heard]) -> None:
    """Remember what devices told; None leaves what was told before, and a process that is slow turns no clock back."""
    at = bindparam("at", type_=UtcDateTime)
    change = (
        update(device)
        .where(device.c.id == bindparam("of_device"))
        .values(
            last_seen_at=case((device.c.last_seen_at > at, device.c.last_seen_at), else_=at),
            app=func.coalesce(bindparam("told_app", type_=Text), device.c.app),
            battery=func.coalesce(bindparam("told_battery", type_=Double), device.c.battery),
        )
    )
    if heard:
        rows_of = [{"of_device": h.device_id, "at": h.at, "told_app": h.app, "told_battery": h.battery} for h in heard]
        await tx.execute(change, rows_of)


async def set_silence(tx: AsyncConnection, device_id: str, why: Silence | None, at: datetime) -> None:
    """Remember why a device is silent; None forgets it."""
    values = {"silence": why, "silence_at": None if why is None else at}
    await tx.execute(update(device).where(device.c.id == device_id).values(values))


async def forget_silence(tx: AsyncConnection, resource_id: str, why: Silence) -> None:
    """Forget this reason on all devices of a technician."""
    change = update(device).where(device.c.resource_id == resource_id, device.c.silence == why)
    await tx.execute(change.values(silence=None, silence_at=None))


async def revoke(tx: AsyncConnection, device_id: str, now: datetime, portal_id: str | None = None) -> bool:
    """Revoke a device, of this portal if one is named; tell whether there is one. The first time stays."""
    change = update(device).where(device.c.id == device_id).values(revoked_at=func.coalesce(device.c.revoked_at, now))
    if portal_id is not None:
        change = change.where(device.c.resource_id.in_(_resources(portal_id)))
    return (await tx.execute(change)).rowcount == 1


def _devices() -> Select[Any]:
    return select(device, resource.c.portal_id).join(resource)


def _of_portal(portal_id: str) -> Select[Any]:
    return _devices().where(resource.c.portal_id == portal_id)


def _resources(portal_id: str) -> Select[Any]:
    return select(resource.c.id).where(resource.c.portal_id == portal_id)
