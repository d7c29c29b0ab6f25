"""Say to staff in words what is in the way of a time that they named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import Interval
from hub.store import conflicts, resources
from hub.store.conflicts import Conflict


async def in_words(
    tx: AsyncConnection,
    busy: Sequence[tuple[str, Interval]],
    but_of: Collection[str],
    now: datetime,
    zone: ZoneInfo,
) -> tuple[str, ...]:
    """Say what keeps each resource from the time it would need; `but_of` are holds and bookings that do not count."""
    found = []
    for resource_id, time in busy:
        taken = await conflicts.within(tx, [resource_id], time, now, but_of=but_of)
        found += [_words(one, zone) for one in taken]
        if not taken:
            known = await resources.get_resource(tx, resource_id)
            found.append(f"{known.name if known else resource_id} does not work then, or cannot be there in time.")
    return tuple(found)


def _words(taken: Conflict, zone: ZoneInfo) -> str:
    start, end = (at.astimezone(zone) for at in (taken.protected_from, taken.protected_to))
    when = f"from {start:%H:%M} to {end:%H:%M} on {start:%-d %B}"
    if taken.customer_name is None:
        return f"{taken.resource_name} is kept free {when} for somebody who is just booking."
    return f"{taken.resource_name} is taken {when}, the way there included, by {taken.customer_name}, {taken.address}."
