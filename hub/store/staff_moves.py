"""Which visits people moved, or gave to somebody, after they were booked."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.tables import event

_BY = ("staff:", "api_key:")
_KINDS = ("booking.reassigned", "booking.rescheduled")


async def chosen_by_people(tx: AsyncConnection, booking_ids: Collection[str]) -> set[str]:
    """Tell which of these bookings staff, or another program, moved or gave to somebody."""
    of = event.c
    by_people = or_(*(of.actor.startswith(who, autoescape=True) for who in _BY))
    query = select(of.booking_id).where(of.booking_id.in_(booking_ids), of.kind.in_(_KINDS), by_people)
    return {id_ for id_ in (await tx.execute(query.distinct())).scalars() if id_ is not None}
