"""Take pings in: judge them, commit them with everybody else's in one round trip, answer each with its verdict."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec
import structlog
from redis.exceptions import RedisError

from hub.clock import Clock
from hub.domain.ping import Ping, Reason, Verdict
from hub.services.authenticate import DeviceIdentity
from hub.services.follow_journeys import Journeys
from hub.services.judge_pings import Answer, Batch, Outcome, Rules, StoreAway, Version, Work
from hub.services.measures import COMMIT_PINGS, STORE_FAILURES, count_outcomes
from hub.store.ping_store import PingStore

PINGS_PER_COMMIT = 1_000
"""More wait for the next commit. Lua can pass about 8,000 keys to one command, and a ping has up to two."""
COMMITS_AT_ONCE = 2
"""While the store works on one, the next is judged and sent after it."""
PAUSE_S = 0.1
"""Between two tries while the store is away."""

log = structlog.get_logger()


class NotesDevices(Protocol):
    """What ingesting needs to know about devices."""

    def sent(self, device_id: str, pings: Sequence[Ping | None], outcomes: Sequence[Outcome], now: datetime) -> None:
        """Note what a device's pings told."""
        ...


class IngestPings:
    """Judges in this process, with few commits under way at a time, never two of one technician; the rest gathers."""

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
        self._under_way: set[str] = set()
        """Technicians whose pings are being committed."""
        self._versions: dict[str, Version] = {}

    async def ingest(self, device: DeviceIdentity, pings: Sequence[Ping | None], timeout_s: float) -> list[Outcome]:
        """Judge the pings of one device, in order, and return once they are safe. None is a malformed one.

        Raises `StoreAway` when that fails for longer than `timeout_s`; the pings may be sent again.
        """
        if not pings:
            return []
        done: asyncio.Future[list[Outcome] | None] = asyncio.get_running_loop().create_future()
        self.submit(device, pings, timeout_s, lambda outcomes: None if done.done() else done.set_result(outcomes))
        outcomes = await done
        if outcomes is None:
            raise StoreAway
        return outcomes

    def submit(self, device: DeviceIdentity, pings: Sequence[Ping | None], timeout_s: float, answer: Answer) -> None:
        """Take pings without waiting; `answer` is called later, for each device in the order of its pings."""
        deadline_s = time.monotonic() + timeout_s
        self._waiting.append(Batch(device.device_id, device.resource_id, pings, answer, deadline_s))
        self._arrived.set()

    async def run(self) -> None:
        """Commit what arrives, for ever."""
        async with asyncio.TaskGroup() as committing:
            for _ in range(COMMITS_AT_ONCE):
                committing.create_task(self._commit_for_ever())

    async def _commit_for_ever(self) -> None:
        while True:
            await self._arrived.wait()
            works = self._take()
            technicians = {work.resource_id for work in works}
            self._under_way |= technicians
            try:
                while works:
                    works = await self._commit_guarded(works)
            finally:
                self._under_way -= technicians
                self._waiting[:0] = [batch for work in works for batch in work.batches]  # where it was cut short
                if self._waiting:
                    self._arrived.set()
            await asyncio.sleep(0)  # answers go out, and what comes back upon them joins the next commit

    def _take(self) -> list[Work]:
        """Take what may go now, in order, as many as one commit may hold, by technician."""
        works: dict[str, Work] = {}
        staying: list[Batch] = []
        held_back = set(self._under_way)
        count = 0
        for batch in self._waiting:
            resource_id = batch.resource_id
            if resource_id in held_back or (works and count + len(batch.pings) > PINGS_PER_COMMIT):
                held_back.add(resource_id)  # no later ping of theirs may overtake this one
                staying.append(batch)
            else:
                count += len(batch.pings)
                works.setdefault(resource_id, Work(resource_id)).batches.append(batch)
        self._waiting = staying
        if not (works and staying):
            self._arrived.clear()
        return list(works.values())

    async def _commit_guarded(self, works: list[Work]) -> list[Work]:
        """Commit; where that is impossible for one technician, the others' pings must not suffer from it."""
        try:
            return await self._commit(works)
        except Exception:  # whatever it is, it is one technician's, and the others' pings go on
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
        again, outcomes = [], []
        for work, conflict in zip(works, answers, strict=True):
            if conflict is None:
                self._versions[work.resource_id] = work.after
                outcomes += self._answer(work, now)
            else:
                self._versions[work.resource_id] = Version(conflict.version, conflict.state)
                work.judge_again_knowing(conflict.known)
                again.append(work)
        COMMIT_PINGS.observe(len(outcomes))
        count_outcomes(outcomes)
        return again

    def _answer(self, work: Work, now: datetime) -> list[Outcome]:
        """Tell the callers what became of their pings, now that those are safe."""
        work.answer()
        outcomes: list[Outcome] = []
        for batch in work.batches:
            outcomes += batch.outcomes
            self._devices.sent(batch.device_id, batch.pings, batch.outcomes, now)
        return outcomes

    def _still_waiting(self, works: list[Work]) -> list[Work]:
        """Tell those who have waited too long, here and in the queue, that the store is away; keep the others."""
        now_s = time.monotonic()
        self._waiting = [batch for batch in self._waiting if not batch.give_up(now_s)]
        return [work for work in works if work.forget_the_late(now_s)]


def others(outcomes: Sequence[Outcome]) -> list[Other]:
    """List the pings of a frame or request that were not simply accepted."""
    return [
        Other(index=index, verdict=outcome.verdict, reasons=outcome.reasons)
        for index, outcome in enumerate(outcomes)
        if outcome.verdict is not Verdict.ACCEPTED
    ]


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """A ping that was not simply accepted."""

    index: int
    verdict: Verdict
    reasons: tuple[Reason, ...]
