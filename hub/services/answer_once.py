"""Answer a request that carries an `Idempotency-Key` once: the same again gets the same answer and changes nothing."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

import msgspec
from sqlalchemy.exc import IntegrityError

from hub.clock import Clock
from hub.store import stored_answers
from hub.store.database import Database
from hub.store.stored_answers import StoredAnswer

KEPT_FOR = timedelta(days=1)
ABANDONED_AFTER = timedelta(seconds=30)
"""A request that was not answered for so long has died with its process: SQL gives up after 10 s."""
WAIT_S = 10.0
"""How long one waits for another in flight (contract)."""
LOOK_EVERY_S = 0.1


class Mine(msgspec.Struct, frozen=True):
    """Nobody has used this key: do the work, then call `finish` or `forget`."""

    key: bytes


class Made(msgspec.Struct, frozen=True):
    """The work is done, but its answer was not kept: write it again from this id, then call `finish`."""

    mine: Mine
    reference: str


class OtherBody(msgspec.Struct, frozen=True):
    """The key was used with another body."""


class InFlight(msgspec.Struct, frozen=True):
    """The first request with this key is still not answered."""


class AnswerOnce:
    """Remembers answers in SQL, so that it holds over all web processes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def begin(self, scope: str, body: bytes) -> Mine | Made | StoredAnswer | OtherBody | InFlight:
        """Claim a key, or find its answer, waiting for one in flight. `scope` names caller, operation and key."""
        key, body_hash = (hashlib.sha256(text).digest() for text in (scope.encode("utf-8", "surrogatepass"), body))
        for _ in range(int(WAIT_S / LOOK_EVERY_S)):
            found = await self._find(key) or await self._claim(key, body_hash)
            if isinstance(found, Mine):
                return found
            if found is not None and found.body_hash != body_hash:
                return OtherBody()
            if found is not None and found.status is not None:
                return found
            if found is not None and found.content is not None:
                return Made(Mine(key), found.content.decode())
            await asyncio.sleep(LOOK_EVERY_S)
        return InFlight()

    async def finish(self, mine: Mine, status: int, content_type: str, content: bytes) -> None:
        """Keep the answer for a day."""
        async with self._database.write() as tx:
            await stored_answers.finish(tx, mine.key, status, content_type, content)

    async def forget(self, mine: Mine) -> None:
        """Give the key back, since the work was not done."""
        async with self._database.write() as tx:
            await stored_answers.forget(tx, mine.key)

    async def _find(self, key: bytes) -> StoredAnswer | None:
        async with self._database.read() as tx:
            found = await stored_answers.get(tx, key)
        now = self._clock()
        unused = found is not None and found.status is None and found.content is None
        if found is not None and unused and found.created_at < now - ABANDONED_AFTER:
            return None
        return None if found is not None and found.created_at < now - KEPT_FOR else found

    async def _claim(self, key: bytes, body_hash: bytes) -> Mine | None:
        now = self._clock()
        try:
            async with self._database.write() as tx:
                await stored_answers.forget_before(tx, key, now - KEPT_FOR, now - ABANDONED_AFTER)
                await stored_answers.insert(tx, StoredAnswer(key=key, body_hash=body_hash, created_at=now))
        except IntegrityError:
            return None  # somebody was faster
        return Mine(key)
