"""Points of the track history for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import func, select

from hub.domain.geodesy import METRES_PER_DEGREE
from hub.store.database import Database
from hub.store.tables import track_point
from hub.store.track_history import CHUNK_ROWS, TrackPoint, insert_points
from tests.builders import NOW

_numbers = count(1)


def track_point_at(
    at: datetime,
    *,
    resource_id: str = "re_1",
    device_id: str = "de_1",
    north_m: float = 0.0,
    verdict: str = "accepted",
    reasons: Sequence[str] = (),
    received_at: datetime | None = None,
) -> TrackPoint:
    """Describe a point so many metres north of a place in Helsinki, received when it was taken."""
    return TrackPoint(
        device_id=device_id,
        ping_key=next(_numbers).to_bytes(16),
        resource_id=resource_id,
        at=at,
        lat=60.17 + north_m / METRES_PER_DEGREE,
        lon=24.94,
        accuracy_m=5.0,
        speed_mps=9.5,
        verdict=verdict,
        reasons=list(reasons),
        received_at=received_at or at,
    )


async def keep(db: Database, points: Sequence[TrackPoint]) -> None:
    """Insert points as the recorder does."""
    for start in range(0, len(points), CHUNK_ROWS):
        async with db.write() as tx:
            await insert_points(tx, points[start : start + CHUNK_ROWS])


async def kept_at(db: Database, resource_id: str = "re_1") -> list[float]:
    """Tell when a technician's points were taken, in seconds after NOW."""
    async with db.read() as tx:
        query = select(track_point.c.at).where(track_point.c.resource_id == resource_id).order_by(track_point.c.at)
        return [(at - NOW) / timedelta(seconds=1) for at in (await tx.execute(query)).scalars()]


async def count_points(db: Database) -> int:
    """Count all points."""
    async with db.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(track_point))).scalar_one())
