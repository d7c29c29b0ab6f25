"""The outbox: messages to people, written in the transaction of the change that they tell of."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.messages import MessageKind, MessageState
from hub.store import rows
from hub.store.ids import new_id
from hub.store.tables import message


class MessageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The visit as it was when somebody was to be told; later changes must not change what this message says."""

    starts_at: datetime
    ends_at: datetime
    window_earliest: datetime
    window_latest: datetime
    sequence: int
    """iCalendar's SEQUENCE of the booking then."""
    canceled: bool
    """Whether the booking was canceled then."""
    was_earliest: datetime | None = None
    """Start of the promised window before, where that changed."""
    was_latest: datetime | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one contact."""

    id: str
    portal_id: str
    booking_id: str
    contact_id: str
    kind: MessageKind
    state: MessageState
    facts: MessageFacts
    attempts: int = 0
    due_at: datetime
    leased_until: datetime | None = None
    last_error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None


async def append(
    tx: AsyncConnection,
    *,
    portal_id: str,
    booking_id: str,
    contact_id: str,
    kind: MessageKind,
    facts: MessageFacts,
    now: datetime,
) -> str:
    """Write a message that is due at once, and give its id."""
    made = Message(
        id=new_id("me"),
        portal_id=portal_id,
        booking_id=booking_id,
        contact_id=contact_id,
        kind=kind,
        state=MessageState.WAITING,
        facts=facts,
        due_at=now,
        created_at=now,
    )
    values = msgspec.structs.asdict(made) | {"facts": msgspec.to_builtins(facts)}
    await tx.execute(message.insert(), values)
    return made.id


async def of_booking(tx: AsyncConnection, booking_id: str) -> list[Message]:
    """Read a booking's messages, oldest first."""
    query = select(message).where(message.c.booking_id == booking_id).order_by(message.c.created_at, message.c.id)
    return await rows.find_all(tx, Message, query)
