"""Arrivals as they were told: kept by the recorder, graded once somebody has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import and_, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.eta_score import Scored
from hub.domain.geofence import CrossingKind
from hub.domain.prediction import Prediction
from hub.store import rows
from hub.store.columns import UtcDateTime
from hub.store.tables import booking, crossing, eta_prediction, work_order


async def insert_predictions(tx: AsyncConnection, predictions: Sequence[Prediction]) -> None:
    """Keep arrivals; known ones (same way and moment) stay as they are."""
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    if predictions:
        values = [msgspec.structs.asdict(one) for one in predictions]
        await tx.execute(insert(eta_prediction).on_conflict_do_nothing(), values)


class Finished(msgspec.Struct, frozen=True):
    """Who has arrived somewhere."""

    portal_id: str
    resource_id: str


_of = eta_prediction.c
_ARRIVED = and_(
    crossing.c.booking_id == _of.booking_id,
    crossing.c.set_off_at == _of.set_off_at,
    crossing.c.kind == CrossingKind.ARRIVED,
)
_SAME_WAY = and_(booking.c.id == _of.booking_id, booking.c.traveling_at == _of.set_off_at)
_arrived_at = func.coalesce(crossing.c.at, booking.c.arrived_at, type_=UtcDateTime()).label("arrived_at")
_FROM = eta_prediction.join(booking, _SAME_WAY).outerjoin(crossing, _ARRIVED)


async def finished(tx: AsyncConnection, since: datetime) -> list[Finished]:
    """Find whose ways ended at a visit since a moment, as their phones noticed or else as they said."""
    query = (
        select(work_order.c.portal_id, _of.resource_id)
        .distinct()
        .select_from(_FROM.join(work_order, work_order.c.id == booking.c.work_order_id))
        .where(_of.computed_at >= since, _arrived_at >= since)
    )
    return await rows.find_all(tx, Finished, query.order_by(work_order.c.portal_id, _of.resource_id))


async def to_score(tx: AsyncConnection, resource_id: str, since: datetime) -> list[Scored]:
    """Read what was told on a technician's ways that ended since a moment, and when they arrived."""
    query = (
        select(_of.booking_id, _of.set_off_at, _of.computed_at, _of.predicted_at, _of.earliest, _of.latest, _arrived_at)
        .select_from(_FROM)
        .where(_of.resource_id == resource_id, _of.computed_at >= since, _arrived_at >= since)
        .order_by(_of.computed_at)
    )
    return [
        Scored(
            trip=f"{row.booking_id} {row.set_off_at.isoformat()}",
            computed_at=row.computed_at,
            predicted_at=row.predicted_at,
            earliest=row.earliest,
            latest=row.latest,
            arrived_at=row.arrived_at,
        )
        for row in await tx.execute(query)
    ]
