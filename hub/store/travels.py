"""Ways to visits: whose track is to be measured, and what it came to."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point
from hub.domain.ping import Verdict
from hub.domain.travel import Fix, Travel
from hub.store import rows
from hub.store.tables import booking, track_point


class Way(msgspec.Struct, frozen=True):
    """A way from setting off to the arrival."""

    booking_id: str
    resource_id: str
    traveling_at: datetime
    arrived_at: datetime
    points: int
    """How many points its track has."""


async def to_measure(tx: AsyncConnection, *, arrived_from: datetime, arrived_before: datetime, limit: int) -> list[Way]:
    """Find ways that were not measured yet, or whose track has grown since."""
    of_way = and_(
        track_point.c.resource_id == booking.c.resource_id,
        track_point.c.at >= booking.c.traveling_at,
        track_point.c.at <= booking.c.arrived_at,
    )
    points = select(func.count()).select_from(track_point).where(of_way).correlate(booking).scalar_subquery()
    ways = (
        select(
            booking.c.id.label("booking_id"),
            booking.c.resource_id,
            booking.c.traveling_at,
            booking.c.arrived_at,
            func.coalesce(booking.c.travel_points, -1).label("measured"),
            points.label("points"),
        )
        .where(
            booking.c.arrived_at >= arrived_from,
            booking.c.arrived_at < arrived_before,
            booking.c.traveling_at.is_not(None),
        )
        .subquery()
    )
    query = select(*(ways.c[name] for name in Way.__struct_fields__)).where(ways.c.points > ways.c.measured)
    return await rows.find_all(tx, Way, query.order_by(ways.c.arrived_at, ways.c.booking_id).limit(limit))


async def fixes(tx: AsyncConnection, way: Way) -> list[Fix]:
    """Read the believed points of a way, by time: accepted ones, and late ones that nothing speaks against."""
    columns = (track_point.c.at, track_point.c.lat, track_point.c.lon, track_point.c.reasons)
    query = select(*columns).where(
        track_point.c.resource_id == way.resource_id,
        track_point.c.at >= way.traveling_at,
        track_point.c.at <= way.arrived_at,
        track_point.c.verdict != Verdict.FLAGGED,
    )
    found = await tx.execute(query.order_by(track_point.c.at))
    return [Fix(row.at, Point(row.lat, row.lon)) for row in found if not row.reasons]


async def keep(tx: AsyncConnection, way: Way, measured: Travel) -> None:
    """Keep what a way came to; nothing where it is another way by now."""
    change = update(booking).where(
        booking.c.id == way.booking_id,
        booking.c.traveling_at == way.traveling_at,
        booking.c.arrived_at == way.arrived_at,
    )
    await tx.execute(
        change.values(
            travel_distance_m=measured.distance_m,
            travel_bridged_m=measured.bridged_m,
            travel_s=measured.travel_s,
            travel_points=way.points,
        )
    )
