"""Characteristics: skills with a rating, certificates that expire, and who has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import characteristic, resource_characteristic


class Characteristic(msgspec.Struct, frozen=True, kw_only=True):
    """Something that resources can have and work can require."""

    id: str
    portal_id: str
    name: str
    kind: Literal["skill", "certificate"]


class ResourceCharacteristic(msgspec.Struct, frozen=True, kw_only=True):
    """That a resource has a characteristic, how well, and until when."""

    resource_id: str
    characteristic_id: str
    rating: int = 1
    expires_at: datetime | None = None


async def insert_characteristics(tx: AsyncConnection, characteristics: Iterable[Characteristic]) -> None:
    """Insert characteristics."""
    await rows.insert(tx, characteristic, characteristics)


async def give(tx: AsyncConnection, pairs: Iterable[ResourceCharacteristic]) -> None:
    """Insert who has what."""
    await rows.insert(tx, resource_characteristic, pairs)


async def of_resources(tx: AsyncConnection, resource_ids: Collection[str]) -> list[ResourceCharacteristic]:
    """Read what these resources have, expired or not."""
    of = resource_characteristic.c
    query = select(resource_characteristic).where(of.resource_id.in_(resource_ids))
    return await rows.find_all(tx, ResourceCharacteristic, query.order_by(of.resource_id, of.characteristic_id))
