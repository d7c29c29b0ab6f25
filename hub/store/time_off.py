"""Time off: when a resource does not work although their week says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import Interval
from hub.store import rows
from hub.store.tables import time_off


class TimeOff(msgspec.Struct, frozen=True, kw_only=True):
    """One absence."""

    id: str
    resource_id: str
    starts_at: datetime
    ends_at: datetime
    reason: str = ""


async def insert_time_off(tx: AsyncConnection, absences: Iterable[TimeOff]) -> None:
    """Insert absences."""
    await rows.insert(tx, time_off, absences)


async def of_resources(tx: AsyncConnection, resource_ids: Collection[str], within: Interval) -> list[TimeOff]:
    """Read the absences of these resources that touch `within`, by resource and start."""
    of = time_off.c
    query = select(time_off).where(
        of.resource_id.in_(resource_ids), of.starts_at < within.ends_at, of.ends_at > within.starts_at
    )
    return await rows.find_all(tx, TimeOff, query.order_by(of.resource_id, of.starts_at, of.id))
