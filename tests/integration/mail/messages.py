"""Build messages in the outbox."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.messages import MessageKind
from hub.store import outbox, rows
from hub.store.database import Database
from hub.store.outbox import Message, MessageFacts
from hub.store.tables import contact, message
from tests.builders import BuiltVisit, build_visit


async def build_message(
    tx: AsyncConnection,
    *,
    visit: BuiltVisit | None = None,
    kind: MessageKind | str = MessageKind.BOOKED,
    now: datetime | None = None,
    email: str | None = "aino@example.org",
    starts_in: timedelta = timedelta(days=1),
    sequence: int = 0,
) -> str:
    """Build a message that is due now, about a visit of its own unless one is given, and give its id."""
    at = now or datetime.now(UTC)
    starts_at = at + starts_in
    built = visit or await build_visit(tx, starts_at=starts_at)
    directory = built.directory
    await tx.execute(update(contact).where(contact.c.id == directory.contact_id).values(email=email))
    facts = MessageFacts(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        window_earliest=starts_at,
        window_latest=starts_at + timedelta(hours=2),
        sequence=sequence,
        canceled=False,
    )
    return await outbox.append(
        tx,
        portal_id=directory.portal_id,
        booking_id=built.booking_id,
        contact_id=directory.contact_id,
        kind=MessageKind(kind),
        facts=facts,
        now=at,
    )


async def build_messages(db: Database, number: int, **more: object) -> list[str]:
    """Build messages about as many visits."""
    async with db.write() as tx:
        return [await build_message(tx, **more) for _ in range(number)]  # type: ignore[arg-type]


async def read_message(db: Database, message_id: str) -> Message:
    """Read one message."""
    async with db.read() as tx:
        found = await rows.find(tx, Message, select(message).where(message.c.id == message_id))
    assert found is not None
    return found


async def read_states(db: Database) -> dict[str, str]:
    """Read the state of every message."""
    async with db.read() as tx:
        return {row.id: row.state for row in await tx.execute(select(message.c.id, message.c.state))}


async def until_settled(db: Database, within_s: float = 15.0) -> None:
    """Wait until no message waits any more."""
    async with asyncio.timeout(within_s):
        while "waiting" in (await read_states(db)).values():  # noqa: ASYNC110 - other processes write it
            await asyncio.sleep(0.05)
