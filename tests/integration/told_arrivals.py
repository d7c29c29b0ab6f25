"""Arrivals that were told, and trips that ended, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from hub.domain.booking_status import BookingStatus
from hub.domain.live_messages import EtaSource
from hub.domain.prediction import Prediction
from hub.store.database import Database
from hub.store.predictions import insert_predictions
from hub.store.tables import booking
from tests.builders import NOW, BuiltDirectory, BuiltVisit, build_visit


def told(
    booking_id: str,
    resource_id: str,
    *,
    set_off_at: datetime = NOW,
    minute: float = 0.0,
    arrives_at_minute: float = 20.0,
    width_min: float = 5.0,
) -> Prediction:
    """Tell `minute` minutes after setting off an arrival at that minute, in a range so wide to each side."""
    at = set_off_at + timedelta(minutes=arrives_at_minute)
    return Prediction(
        booking_id=booking_id,
        set_off_at=set_off_at,
        resource_id=resource_id,
        computed_at=set_off_at + timedelta(minutes=minute),
        position_at=set_off_at + timedelta(minutes=minute, seconds=-2),
        lat=60.17,
        lon=24.94,
        router_left_s=60.0 * (arrives_at_minute - minute),
        stops_s=0.0,
        predicted_at=at,
        earliest=at - timedelta(minutes=width_min),
        latest=at + timedelta(minutes=width_min),
        confidence=0.8,
        source=EtaSource.ROUTE,
        model_version=0,
    )


async def a_trip(
    db: Database,
    *,
    directory: BuiltDirectory | None = None,
    set_off_at: datetime = NOW,
    took_min: float | None = 20.0,
    told_at_minutes: tuple[float, ...] = (0.0, 5.0, 10.0, 15.0),
    arrives_at_minute: float = 20.0,
    resource_id: str | None = None,
) -> BuiltVisit:
    """Build a way on which an arrival was told; None has not arrived yet."""
    arrived_at = None if took_min is None else set_off_at + timedelta(minutes=took_min)
    status = BookingStatus.TRAVELING if took_min is None else BookingStatus.IN_PROGRESS
    async with db.write() as tx:
        visit = await build_visit(tx, directory=directory, status=status, starts_at=set_off_at, resource_id=resource_id)
        change = update(booking).where(booking.c.id == visit.booking_id)
        await tx.execute(change.values(traveling_at=set_off_at, arrived_at=arrived_at))
        who = resource_id or visit.directory.resource_id
        await insert_predictions(
            tx,
            [
                told(visit.booking_id, who, set_off_at=set_off_at, minute=minute, arrives_at_minute=arrives_at_minute)
                for minute in told_at_minutes
            ],
        )
    return visit
