"""Choose who keeps a time, under lock, when it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import Interval
from hub.domain.slots import is_free
from hub.services.find_slots import days_around, workers_of, zone_of
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
    zone = await zone_of(tx, portal_id)
    workers = await workers_of(tx, portal_id, visit, now, but_of)
    could = {worker.resource_id: worker for worker in workers if is_free(worker, visit, zone)}
    if not could:
        return None
    await reservations.lock_resources(tx, list(could))
    await reservations.forget_expired(tx, list(could), now)
    taken = await reservations.taken(tx, list(could), days_around(visit), now, but_of=but_of)
    can = [
        resource_id
        for resource_id, worker in could.items()
        if is_free(msgspec.structs.replace(worker, taken=taken[resource_id]), visit, zone)
    ]
    return min(can, key=lambda one: (one != prefer, len(taken[one]), one), default=None)
