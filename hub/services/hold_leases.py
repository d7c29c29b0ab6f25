"""Hold the lease of a batch while its mails go out one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.clock import Clock
from hub.domain.messages import MessageState
from hub.store import outbox_leases
from hub.store.database import Database

LEASE = timedelta(seconds=30)
"""How long a row waits after its worker or its job was lost. A mail takes 12 s at most, so half of it is enough."""


class HeldLease:
    """The rows of one batch that are ours, as long as we keep saying so."""

    def __init__(self, database: Database, clock: Clock, lease: datetime, lasts: timedelta = LEASE) -> None:
        """Begin with the `lease` under which the rows were claimed."""
        self._database, self._clock, self._lasts = database, clock, lasts
        self._until = lease
        self._ours: set[str] = set()

    async def take(self, tx: AsyncConnection, ids: Sequence[str]) -> list[str]:
        """Begin to work on the rows that are still under the lease."""
        until = self._another()
        taken = await outbox_leases.take(tx, ids, lease=self._until, lease_until=until)
        self._until, self._ours = until, set(taken)
        return taken

    async def still(self, message_id: str) -> bool:
        """Tell whether a row is ours for long enough to send its mail; renews the lease where it must."""
        if self._until - self._clock() < self._lasts / 2:
            until = self._another()
            async with self._database.write() as tx:
                self._ours = await outbox_leases.renew(tx, self._ours, lease=self._until, lease_until=until)
            self._until = until
        return message_id in self._ours

    async def give_back(self, message_id: str) -> None:
        """Leave a row to whoever claims next."""
        async with self._database.write() as tx:
            await outbox_leases.give_back(tx, [message_id], lease=self._until)
        self._ours.discard(message_id)

    async def put_back(self, message_id: str, due_at: datetime, error: str) -> None:
        """Have a row tried again later."""
        async with self._database.write() as tx:
            await outbox_leases.put_back(tx, message_id, lease=self._until, due_at=due_at, error=error)
        self._ours.discard(message_id)

    async def end(self, message_id: str, state: MessageState, error: str) -> None:
        """Have nobody try a row again."""
        async with self._database.write() as tx:
            await outbox_leases.end(tx, message_id, lease=self._until, state=state, error=error)
        self._ours.discard(message_id)

    def _another(self) -> datetime:
        """Choose the next lease; never the same moment again, since the moment names its holder."""
        return max(self._clock() + self._lasts, self._until + timedelta(microseconds=1))
