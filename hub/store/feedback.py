"""Feedback: what customers say of a visit, once it is done."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import feedback


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """A rating from 1 to 5, and words."""

    booking_id: str
    rating: int
    comment: str
    created_at: datetime
    updated_at: datetime


async def get(tx: AsyncConnection, booking_id: str) -> Feedback | None:
    """Read the feedback on a booking."""
    return await rows.find(tx, Feedback, select(feedback).where(feedback.c.booking_id == booking_id))


async def put(tx: AsyncConnection, given: Feedback) -> None:
    """Store the feedback on a booking that this transaction has locked; a newer one replaces what it says."""
    change = (
        update(feedback)
        .where(feedback.c.booking_id == given.booking_id)
        .values(rating=given.rating, comment=given.comment, updated_at=given.updated_at)
    )
    if (await tx.execute(change)).rowcount == 0:
        await rows.insert(tx, feedback, [given])
