"""Choose who keeps a time, under lock, when it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import Interval
from hub.domain.slots import Worker, is_free
from hub.services.find_slots import workers_of, zone_of
from hub.store import reservations


async def choose_technician(
    tx: AsyncConnection,
    portal_id: str,
    visit: Interval,
    now: datetime,
    *,
    prefer: str | None = None,
    but_of: Sequence[str] = (),
) -> str | None:
    """Lock all who could keep the visit, look again, and choose: who is preferred, else the least busy.

    None where nobody can, or where the time has come already. `but_of` are ids of holds and bookings whose time does
    not count. Whoever calls has locked the booking before, if there is one: always in that order.
    """
    if visit.starts_at <= now:
        return None
    could = await _able(tx, portal_id, visit, now, but_of)
    if not could:
        return None
    locked = [worker.resource_id for worker in could]
    await reservations.lock_resources(tx, locked)
    await reservations.forget_expired(tx, locked, now)
    can = [one for one in await _able(tx, portal_id, visit, now, but_of) if one.resource_id in locked]
    best = min(can, key=lambda one: (one.resource_id != prefer, len(one.taken), one.resource_id), default=None)
    return best.resource_id if best else None


async def _able(
    tx: AsyncConnection, portal_id: str, visit: Interval, now: datetime, but_of: Sequence[str]
) -> list[Worker]:
    zone = await zone_of(tx, portal_id)
    workers = await workers_of(tx, portal_id, visit, now, but_of)
    return [worker for worker in workers if is_free(worker, visit, zone)]
