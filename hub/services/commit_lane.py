"""One way of pings into the store: a commit under way at a time; while it is, the next one gathers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import structlog
from redis.exceptions import RedisError

from hub.clock import Clock
from hub.domain.ping import Ping
from hub.services.follow_journeys import Journeys
from hub.services.judge_pings import Batch, Outcome, Rules, Version, Work
from hub.services.measures import COMMIT_PINGS, STORE_FAILURES, count_outcomes
from hub.store.ping_store import PingStore

PINGS_PER_COMMIT = 3_000
"""More wait for the next commit. Lua can pass about 8,000 keys to one command, and a ping has up to two."""
PAUSE_S = 0.1
"""Between two tries while the store is away."""

log = structlog.get_logger()


class NotesDevices(Protocol):
    """What ingesting needs to know about devices."""

    def sent(self, device_id: str, pings: Sequence[Ping | None], outcomes: Sequence[Outcome], now: datetime) -> None:
        """Note what a device's pings told."""
        ...


class CommitLane:
    """Judges and commits the pings of the technicians that were given to it."""

    def __init__(
        self,
        store: PingStore,
        journeys: Journeys,
        devices: NotesDevices,
        rules: Rules,
        clock: Clock,
    ) -> None:
        self._store, self._journeys, self._devices = store, journeys, devices
        self._rules, self._clock = rules, clock
        self._waiting: list[Batch] = []
        self._arrived = asyncio.Event()
        self._versions: dict[str, Version] = {}

    def add(self, batch: Batch) -> None:
        """Take pings without waiting; the batch is settled later, for each device in the order of its pings."""
        self._waiting.append(batch)
        self._arrived.set()

    async def run(self) -> None:
        """Commit what arrives, for ever."""
        while True:
            await self._arrived.wait()
            works = self._take()
            while works:
                works = await self._commit_guarded(works)
                await asyncio.sleep(0)  # answers go out before the next pings are judged

    def _take(self) -> list[Work]:
        """Take the waiting batches in order, as many as one commit may hold, by technician."""
        works: dict[str, Work] = {}
        taken = count = 0
        for batch in self._waiting:
            count += len(batch.pings)
            if taken and count > PINGS_PER_COMMIT:
                break
            taken += 1
            works.setdefault(batch.resource_id, Work(batch.resource_id)).batches.append(batch)
        del self._waiting[:taken]
        if not self._waiting:
            self._arrived.clear()
        return list(works.values())

    async def _commit_guarded(self, works: list[Work]) -> list[Work]:
        """Commit; where that is impossible for one technician, the others' pings must not suffer from it."""
        try:
            return await self._commit(works)
        except Exception:
            if len(works) > 1:
                return [again for work in works for again in await self._commit_guarded([work])]
            STORE_FAILURES.inc()
            log.exception("pings of a technician cannot be committed", technician=works[0].resource_id)
            works[0].refuse()
            return []

    async def _commit(self, works: list[Work]) -> list[Work]:
        """Try to commit; return the works that must be judged or committed again."""
        now, mark = self._clock(), secrets.token_hex(8)
        for work in works:
            if work.group is None:
                before = self._versions.get(work.resource_id, Version())
                work.judge(before, mark, self._journeys, self._rules, now)
        try:
            answers = await self._store.commit([work.group for work in works if work.group is not None])
        except (RedisError, OSError) as fault:
            STORE_FAILURES.inc()
            log.warning("pings not committed", fault=str(fault), technicians=len(works))
            await asyncio.sleep(PAUSE_S)
            return self._still_waiting(works)
        again: list[Work] = []
        outcomes: list[Outcome] = []
        for work, conflict in zip(works, answers, strict=True):
            if conflict is None:
                self._versions[work.resource_id] = work.after
                work.answer()
                for batch in work.batches:
                    outcomes += batch.outcomes
                    self._devices.sent(batch.device_id, batch.pings, batch.outcomes, now)
            else:
                self._versions[work.resource_id] = Version(conflict.version, conflict.state)
                work.judge_again_knowing(conflict.known)
                again.append(work)
        COMMIT_PINGS.observe(len(outcomes))
        count_outcomes(outcomes)
        return again

    def _still_waiting(self, works: list[Work]) -> list[Work]:
        """Tell those who have waited too long, here and in the queue, that the store is away; keep the others."""
        now_s = asyncio.get_running_loop().time()
        self._waiting = [batch for batch in self._waiting if not batch.give_up(now_s)]
        return [work for work in works if work.forget_the_late(now_s)]
