"""Who works on which message of the outbox: leases, and how they end.

A lease is the moment until which somebody works on a row. That moment also names its holder: a job carries the lease
under which its rows were claimed, and may only take rows that still have it. So a job that runs twice, or late, finds
nothing to do, and a holder that died is replaced when the moment has passed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.messages import MessageState
from hub.store import rows
from hub.store.outbox import Message
from hub.store.tables import message

LONGEST_ERROR = 500
"""Characters of an error that are kept."""

_WAITING = message.c.state == MessageState.WAITING.value


async def claim_due(tx: AsyncConnection, *, now: datetime, lease_until: datetime, limit: int) -> list[str]:
    """Lease up to `limit` due messages that nobody works on, oldest first, and give their ids.

    Of two that claim at once each gets other rows.
    """
    due = (
        select(message.c.id)
        .where(_WAITING, message.c.due_at <= now, _free(now))
        .order_by(message.c.due_at, message.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has one writer at a time and leaves this out
    )
    found = list((await tx.execute(due)).scalars())
    if found:
        await tx.execute(update(message).where(message.c.id.in_(found)).values(leased_until=lease_until))
    return found


async def take(tx: AsyncConnection, ids: Collection[str], *, lease: datetime, lease_until: datetime) -> list[str]:
    """Begin to work on the rows that are still under `lease`; counts a try and gives their ids."""
    change = _held(ids, lease).values(leased_until=lease_until, attempts=message.c.attempts + 1)
    return list((await tx.execute(change.returning(message.c.id))).scalars())


async def renew(tx: AsyncConnection, ids: Collection[str], *, lease: datetime, lease_until: datetime) -> set[str]:
    """Go on working on the rows that are still under `lease`, and give their ids."""
    change = _held(ids, lease).values(leased_until=lease_until)
    return set((await tx.execute(change.returning(message.c.id))).scalars())


async def give_back(tx: AsyncConnection, ids: Collection[str], *, lease: datetime) -> None:
    """Leave rows that were claimed but not tried to whoever claims next."""
    await tx.execute(_held(ids, lease).values(leased_until=None))


async def mark_sent(tx: AsyncConnection, message_id: str, now: datetime) -> None:
    """Write down that a message was accepted, whoever holds it now: sending it again would only repeat it."""
    change = update(message).where(message.c.id == message_id)
    await tx.execute(change.values(state=MessageState.SENT.value, sent_at=now, leased_until=None, last_error=None))


async def put_back(tx: AsyncConnection, message_id: str, *, lease: datetime, due_at: datetime, error: str) -> None:
    """Have a message tried again later."""
    change = _held([message_id], lease)
    await tx.execute(change.values(leased_until=None, due_at=due_at, last_error=error[:LONGEST_ERROR]))


async def end(tx: AsyncConnection, message_id: str, *, lease: datetime, state: MessageState, error: str) -> None:
    """Have nobody try a message again: it failed, or is skipped."""
    change = _held([message_id], lease)
    await tx.execute(change.values(leased_until=None, state=state.value, last_error=error[:LONGEST_ERROR]))


async def list_failed(tx: AsyncConnection) -> list[Message]:
    """Read the messages that nobody tries any more, newest first, at most 500."""
    query = select(message).where(message.c.state == MessageState.FAILED.value)
    return await rows.find_all(tx, Message, query.order_by(message.c.created_at.desc()).limit(rows.MAX_PAGE))


async def requeue(tx: AsyncConnection, now: datetime, message_id: str | None = None) -> int:
    """Have failed messages (or the one named) tried again from now on, and tell how many there were."""
    change = update(message).where(message.c.state == MessageState.FAILED.value)
    if message_id is not None:
        change = change.where(message.c.id == message_id)
    return (
        await tx.execute(change.values(state=MessageState.WAITING.value, due_at=now, attempts=0, leased_until=None))
    ).rowcount


async def count_waiting(tx: AsyncConnection) -> tuple[int, datetime | None, datetime | None]:
    """Count the messages that wait; with when the oldest was written, and since when the longest due one is due."""
    query = select(func.count(), func.min(message.c.created_at), func.min(message.c.due_at)).where(_WAITING)
    number, created_at, due_at = (await tx.execute(query)).one()
    return number, created_at, due_at


def _free(now: datetime):  # type: ignore[no-untyped-def]  # SQLAlchemy's own type says nothing
    return or_(message.c.leased_until.is_(None), message.c.leased_until <= now)


def _held(ids: Collection[str], lease: datetime):  # type: ignore[no-untyped-def]
    return update(message).where(message.c.id.in_(ids), message.c.leased_until == lease, _WAITING)
