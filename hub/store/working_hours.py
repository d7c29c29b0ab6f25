"""Working hours: when technicians can be booked, by the clock on the wall."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import DailyHours
from hub.store import rows
from hub.store.tables import working_hours


class WorkingHours(msgspec.Struct, frozen=True, kw_only=True):
    """One interval of a technician's week, in seconds since midnight in the portal's time zone."""

    resource_id: str
    weekday: int
    """0 is Monday."""
    starts_s: int
    ends_s: int
    """At most 86,400, the end of the day."""


async def insert_working_hours(tx: AsyncConnection, hours: Iterable[WorkingHours]) -> None:
    """Insert working hours."""
    await rows.insert(tx, working_hours, hours)


async def weeks_of(tx: AsyncConnection, resource_ids: Collection[str]) -> dict[str, tuple[DailyHours, ...]]:
    """Read the weeks of those of these resources who have hours."""
    found: dict[str, tuple[DailyHours, ...]] = {}
    for row in await of_resources(tx, resource_ids):
        hours = DailyHours(row.weekday, row.starts_s, row.ends_s)
        found[row.resource_id] = (*found.get(row.resource_id, ()), hours)
    return found


async def of_resources(tx: AsyncConnection, resource_ids: Collection[str]) -> list[WorkingHours]:
    """Read the working hours of these technicians, by technician and then through the week."""
    columns = working_hours.c
    query = select(working_hours).where(columns.resource_id.in_(resource_ids))
    return await rows.find_all(tx, WorkingHours, query.order_by(columns.resource_id, columns.weekday, columns.starts_s))
