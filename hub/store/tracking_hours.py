"""Tracking hours: whose positions are taken in working hours only, and when those are."""

from __future__ import annotations

from collections import defaultdict
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import DailyHours
from hub.domain.tracking_hours import Tracking, TrackingHours
from hub.store.tables import portal, resource, working_hours


async def restricted(tx: AsyncConnection, default: Tracking) -> dict[str, TrackingHours]:
    """Read the hours of those who are not always tracked; who has no working hours has nothing to be held to."""
    query = (
        select(
            resource.c.id, portal.c.time_zone, working_hours.c.weekday, working_hours.c.starts_s, working_hours.c.ends_s
        )
        .join_from(resource, portal, resource.c.portal_id == portal.c.id)
        .join(working_hours, working_hours.c.resource_id == resource.c.id)
        .where(func.coalesce(resource.c.tracking, default) == Tracking.WORKING_HOURS)
    )
    hours: dict[str, list[DailyHours]] = defaultdict(list)
    zones: dict[str, str] = {}
    for row in await tx.execute(query):
        hours[row.id].append(DailyHours(row.weekday, row.starts_s, row.ends_s))
        zones[row.id] = row.time_zone
    return {
        resource_id: TrackingHours(tuple(found), ZoneInfo(zones[resource_id])) for resource_id, found in hours.items()
    }


class Rule(msgspec.Struct, frozen=True):
    """When a technician's positions are taken, as somebody has said it."""

    rule: Tracking | None
    """None: as the setting says."""
    has_hours: bool
    """Whether there are working hours to be held to."""


async def rule_of(tx: AsyncConnection, resource_id: str) -> Rule:
    """Read what is said for a technician."""
    has_hours = select(working_hours.c.resource_id).where(working_hours.c.resource_id == resource.c.id).exists()
    query = select(resource.c.tracking, has_hours.label("has_hours")).where(resource.c.id == resource_id)
    row = (await tx.execute(query)).one()
    return Rule(None if row.tracking is None else Tracking(row.tracking), bool(row.has_hours))


async def set_rule(tx: AsyncConnection, resource_id: str, rule: Tracking | None) -> bool:
    """Set when a technician's positions are taken, None as the setting says; tell whether there is one."""
    change = update(resource).where(resource.c.id == resource_id).values(tracking=rule)
    return (await tx.execute(change)).rowcount == 1
