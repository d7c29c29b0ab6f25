"""Stored answers, by which a request that is sent again changes nothing."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import stored_answer


class StoredAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered; without a status the first request is still in flight, or died after it made something."""

    key: bytes
    body_hash: bytes
    created_at: datetime
    status: int | None = None
    content_type: str | None = None
    content: bytes | None = None
    """The answer; without a status the id of what was made."""


async def get(tx: AsyncConnection, key: bytes) -> StoredAnswer | None:
    """Read the answer to a key."""
    return await rows.find(tx, StoredAnswer, select(stored_answer).where(stored_answer.c.key == key))


async def insert(tx: AsyncConnection, made: StoredAnswer) -> None:
    """Claim a key; an `IntegrityError` where somebody else has it."""
    await rows.insert(tx, stored_answer, [made])


async def finish(tx: AsyncConnection, key: bytes, status: int, content_type: str, content: bytes) -> None:
    """Store the answer to a claimed key."""
    values = {"status": status, "content_type": content_type, "content": content}
    await tx.execute(update(stored_answer).where(stored_answer.c.key == key).values(values))


async def refer(tx: AsyncConnection, key: bytes, reference: str) -> None:
    """Note, in the transaction of the work, what a claimed key has made: from then on it is never made again."""
    await tx.execute(update(stored_answer).where(stored_answer.c.key == key).values(content=reference.encode()))


async def forget(tx: AsyncConnection, key: bytes) -> None:
    """Give a key back: its request was not answered."""
    unused = (stored_answer.c.status.is_(None), stored_answer.c.content.is_(None))
    await tx.execute(delete(stored_answer).where(stored_answer.c.key == key, *unused))


async def forget_before(tx: AsyncConnection, key: bytes, answered: datetime, in_flight: datetime) -> None:
    """Delete answers older than `answered`, and this key's claim where it is older than `in_flight`."""
    await tx.execute(delete(stored_answer).where(stored_answer.c.created_at < answered))
    unused = (stored_answer.c.status.is_(None), stored_answer.c.content.is_(None))
    old = (stored_answer.c.key == key, stored_answer.c.created_at < in_flight)
    await tx.execute(delete(stored_answer).where(*old, *unused))
