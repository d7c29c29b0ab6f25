"""Events: what changed, written in the same transaction as the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.ids import new_id
from hub.store.tables import event


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One change, for whoever must be told."""

    id: str
    portal_id: str
    at: datetime
    """When it was written, by the server's clock."""
    kind: str
    """What happened, such as `booking.status_changed`."""
    booking_id: str | None
    actor: str
    """Who did it, such as `api_key:ak_…`."""
    data: dict[str, Any]


async def append(
    tx: AsyncConnection,
    *,
    portal_id: str,
    at: datetime,
    kind: str,
    booking_id: str | None,
    actor: str,
    data: dict[str, Any],
) -> str:
    """Write an event and give its id; `data` holds JSON values only."""
    made = Event(id=new_id("ev"), portal_id=portal_id, at=at, kind=kind, booking_id=booking_id, actor=actor, data=data)
    await rows.insert(tx, event, [made])
    return made.id


async def of_booking(tx: AsyncConnection, booking_id: str) -> list[Event]:
    """Read a booking's events, oldest first."""
    query = select(event).where(event.c.booking_id == booking_id).order_by(event.c.at, event.c.id)
    return await rows.find_all(tx, Event, query)
