"""The newest points of a technician's track, as dispatchers look at them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.ping import Verdict
from hub.store import rows
from hub.store.tables import track_point
from hub.store.track_history import TrackPoint


async def latest_points(
    tx: AsyncConnection, resource_id: str, limit: int, verdict: Verdict | None = None
) -> list[TrackPoint]:
    """Read the last points by their own time, the newest first; `verdict` narrows to those judged so."""
    columns = [track_point.c[name] for name in TrackPoint.__struct_fields__]
    query = select(*columns).where(track_point.c.resource_id == resource_id)
    if verdict is not None:
        query = query.where(track_point.c.verdict == verdict)
    order = (track_point.c.at.desc(), track_point.c.device_id, track_point.c.ping_key)
    return await rows.find_all(tx, TrackPoint, query.order_by(*order).limit(rows.page_size(limit)))
