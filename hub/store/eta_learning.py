"""What arrivals are learned from: finished ways with what was told on them."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.eta_learn import Told, Way
from hub.domain.geodesy import Point
from hub.domain.geofence import CrossingKind
from hub.domain.live_messages import EtaSource
from hub.store.columns import UtcDateTime
from hub.store.tables import booking, crossing, eta_prediction, location, work_order

MOST_ROWS = 50_000
"""The newest estimates that are learned from: some thousand ways, and a few seconds' work."""
_of = eta_prediction.c
_ARRIVED = and_(
    crossing.c.booking_id == _of.booking_id,
    crossing.c.set_off_at == _of.set_off_at,
    crossing.c.kind == CrossingKind.ARRIVED,
)
_SAME_WAY = and_(booking.c.id == _of.booking_id, booking.c.traveling_at == _of.set_off_at)
_arrived_at = func.coalesce(crossing.c.at, booking.c.arrived_at, type_=UtcDateTime())


async def last_arrival(tx: AsyncConnection) -> datetime | None:
    """Tell when somebody arrived last."""
    by_phone = (
        await tx.execute(select(func.max(crossing.c.at)).where(crossing.c.kind == CrossingKind.ARRIVED))
    ).scalar()
    by_hand = (await tx.execute(select(func.max(booking.c.arrived_at)))).scalar()
    return max(filter(None, (by_phone, by_hand)), default=None)


async def technicians(tx: AsyncConnection) -> set[str]:
    """Name all technicians of whose ways something is known."""
    return set((await tx.execute(select(_of.resource_id).distinct())).scalars())


async def finished_ways(tx: AsyncConnection, since: datetime) -> list[Way]:
    """Read ways that ended with an arrival and what was told on them since a moment, before that arrival."""
    query = (
        select(
            _of.booking_id,
            _of.set_off_at,
            _of.resource_id,
            location.c.time_zone,
            _arrived_at.label("arrived_at"),
            _of.computed_at,
            _of.position_at,
            _of.lat,
            _of.lon,
            _of.router_left_s,
            _of.stops_s,
            _of.source,
        )
        .select_from(
            eta_prediction.join(booking, _SAME_WAY)
            .join(work_order, work_order.c.id == booking.c.work_order_id)
            .join(location, location.c.id == work_order.c.location_id)
            .outerjoin(crossing, _ARRIVED)
        )
        .where(_of.computed_at >= since, _arrived_at > _of.computed_at)
        .order_by(_of.computed_at.desc())
        .limit(MOST_ROWS)
    )
    found = sorted(await tx.execute(query), key=lambda row: (row.booking_id, row.set_off_at, row.computed_at))
    ways: list[Way] = []
    for (booking_id, set_off_at), rows in groupby(found, key=lambda row: (row.booking_id, row.set_off_at)):
        told = list(rows)
        ways.append(
            Way(
                name=f"{booking_id} {set_off_at.isoformat()}",
                technician_id=told[0].resource_id,
                time_zone=told[0].time_zone,
                arrived_at=told[0].arrived_at,
                told=tuple(
                    Told(
                        computed_at=row.computed_at,
                        position_at=row.position_at,
                        place=Point(row.lat, row.lon),
                        router_left_s=row.router_left_s,
                        stops_s=row.stops_s,
                        source=EtaSource(row.source),
                    )
                    for row in told
                ),
            )
        )
    return ways
