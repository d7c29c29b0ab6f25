"""Tell about mails for the workers, which have no `/metrics` of their own."""

from __future__ import annotations

from hub.clock import Clock
from hub.services.measures import MAILS, MAILS_OLDEST_S, MAILS_WAITING
from hub.store.database import Database
from hub.store.mail_counts import MailCounts
from hub.store.outbox_leases import count_waiting


class MeasureMails:
    """Reads what all web processes tell alike."""

    def __init__(self, database: Database, counts: MailCounts, clock: Clock) -> None:
        self._database, self._counts, self._clock = database, counts, clock

    async def update(self) -> None:
        """Read how many mails wait, since when, and what became of the others. Raises what the stores raise."""
        async with self._database.read() as tx:
            waiting, oldest_at, _ = await count_waiting(tx)
        MAILS_WAITING.set(waiting)
        MAILS_OLDEST_S.set(max(0.0, (self._clock() - oldest_at).total_seconds()) if oldest_at else 0.0)
        for result, number in (await self._counts.read()).items():
            MAILS.labels(result).set(number)
