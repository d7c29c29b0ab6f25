"""What people were told lately, for staff."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.messages import MessageKind, MessageState
from hub.store import rows
from hub.store.tables import contact, message


class LoggedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message and how far it has got."""

    id: str
    kind: MessageKind
    state: MessageState
    attempts: int
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None
    contact_name: str
    contact_email: str | None


async def latest(
    tx: AsyncConnection, portal_id: str, most: int, *, booking_id: str | None = None
) -> list[LoggedMessage]:
    """Read a portal's newest messages, of one booking if one is named, the newest first."""
    query = (
        select(
            message.c.id,
            message.c.kind,
            message.c.state,
            message.c.attempts,
            message.c.last_error,
            message.c.created_at,
            message.c.sent_at,
            contact.c.name.label("contact_name"),
            contact.c.email.label("contact_email"),
        )
        .join_from(message, contact, message.c.contact_id == contact.c.id)
        .where(message.c.portal_id == portal_id)
        .order_by(message.c.created_at.desc(), message.c.id.desc())
        .limit(most)
    )
    if booking_id is not None:
        query = query.where(message.c.booking_id == booking_id)
    return await rows.find_all(tx, LoggedMessage, query)
