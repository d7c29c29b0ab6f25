"""Bring due messages from the outbox to the workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from redis.exceptions import RedisError

from hub.clock import Clock
from hub.services.hold_leases import LEASE
from hub.store import outbox_leases
from hub.store.database import Database

BATCH = 20
"""Messages in one job: a worker sends them one after the other, and other workers cannot help with them."""
MOST_AHEAD = 10
"""Jobs that may wait for a worker. Their leases run out meanwhile, so more of them would only be thrown away."""


class Jobs(Protocol):
    """The queue in front of the workers; raises `redis.RedisError` where its store is away."""

    async def ahead(self) -> int:
        """Count the jobs that nobody has begun."""

    async def enqueue(self, ids: Sequence[str], lease: datetime, lasts: timedelta) -> None:
        """Enqueue a batch claimed under `lease`; the same batch again changes nothing."""


class RelayMessages:
    """Several may run: a row is claimed by one."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock, lease: timedelta = LEASE) -> None:
        """Claim rows for `lease`; whoever does not begin to work on them until then loses them."""
        self._database, self._jobs, self._clock, self._lease = database, jobs, clock, lease

    async def relay_some(self) -> int:
        """Claim due rows and enqueue one job for them; answer how many there were.

        Raises `redis.RedisError` where the queue's store is away; the rows wait then.
        """
        if await self._jobs.ahead() >= MOST_AHEAD:
            return 0
        now = self._clock()
        lease = now + self._lease
        async with self._database.write() as tx:
            ids = await outbox_leases.claim_due(tx, now=now, lease_until=lease, limit=BATCH)
        if ids:
            await self._enqueue(ids, lease)
        return len(ids)

    async def _enqueue(self, ids: Sequence[str], lease: datetime) -> None:
        try:
            await self._jobs.enqueue(ids, lease, self._lease)
        except (RedisError, OSError):
            async with self._database.write() as tx:  # should the job have arrived all the same, it finds nothing
                await outbox_leases.give_back(tx, ids, lease=lease)
            raise
