"""Tell whether a web process can do its work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from hub.clock import Clock
from hub.services.background import Background
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.outbox_leases import count_waiting
from hub.store.redis_client import key
from hub.store.schema_revision import is_current

LIMIT_S = 3.0
"""Whatever takes longer counts as broken."""
LONGEST_WAIT = timedelta(minutes=5)
"""A message that is due for longer is not worked on. Restarts and lost leases take a minute at most."""


class Readiness:
    """Asks each store for a sign of life."""

    def __init__(
        self,
        database: Database,
        redis: Redis,
        channel: LiveChannel,
        background: Background,
        outbox_clock: Clock | None = None,
    ) -> None:
        """Ask these; `outbox_clock` tells how old the outbox is, None where no mails are meant to go out."""
        self._database, self._redis, self._channel, self._background = database, redis, channel, background
        self._outbox_clock = outbox_clock

    async def checks(self) -> dict[str, str]:
        """Answer `ok` or the fault in words, by what was checked."""
        database, migrations, store, outbox = await asyncio.gather(
            _checked(self._database.ping()),
            _checked(self._migrated()),
            _checked(self._answers()),
            _checked(self._mails_go_out()),
        )
        listener = "ok" if self._channel.listening else "not listening to the live channel"
        failed = self._background.failed()
        tasks = f"failed: {', '.join(failed)}" if failed else "ok"
        return {
            "database": database,
            "migrations": migrations,
            "store": store,
            "listener": listener,
            "outbox": outbox,
            "tasks": tasks,
        }

    async def _migrated(self) -> None:
        if not await is_current(self._database):
            raise _Fault("the database is not migrated: run `hub migrate`")

    async def _mails_go_out(self) -> None:
        """Look for a message that nobody has even tried; one that is refused again and again is due later each time."""
        if self._outbox_clock is None:
            return
        async with self._database.read() as tx:
            _, _, due_at = await count_waiting(tx)
        if due_at is not None and self._outbox_clock() - due_at > LONGEST_WAIT:
            raise _Fault("messages wait for a relay and a worker")

    async def _answers(self) -> None:
        """Write something: a store that is full or a replica answers, yet takes no pings."""
        await self._redis.set(key("ready"), b"1", ex=60)


class _Fault(Exception):
    pass


async def _checked(check: Awaitable[None]) -> str:
    try:
        async with asyncio.timeout(LIMIT_S):
            await check
    except _Fault as fault:
        return str(fault)
    except (RedisError, SQLAlchemyError, OSError, TimeoutError) as fault:
        return type(fault).__name__  # its text may hold addresses and passwords
    return "ok"
