"""Take a recorded track in after the fact: the same judging as for every ping, at the pace of the device's rate.

An import has an allowance of its own, as large as the one for what the device sends now, which it therefore never
slows down. Whatever happens half-way, the file may be sent again: what was taken is known.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.clock import Clock
from hub.domain.ping import Ping
from hub.services.authenticate import DeviceIdentity
from hub.services.judge_pings import Outcome, StoreAway
from hub.services.throttle import Throttle
from hub.store import devices, track_imports
from hub.store.database import Database, DatabaseAway
from hub.store.ids import new_id
from hub.store.track_imports import ImportRow, ImportStatus, TrackImport

PINGS_PER_TURN = 200
"""Judged in a few milliseconds, so that pings of others wait no longer than that."""
PAUSE_S = 0.01
"""Between two turns, for everybody else's."""
TELL_EVERY_S = 2.0
"""How often progress is written down."""
SILENT_AFTER = timedelta(seconds=60)
"""An import that told nothing for so long has died with its process."""
STORE_TIMEOUT_S = 30.0
PAUSE_AWAY_S = 1.0
"""Between two tries while the store does not take the points."""
PATIENCE_S = 600.0
"""How long an import waits for a store that is away."""
FILES_PER_S, FILES_AT_ONCE = 0.5, 100
"""Of one device: each is read before anything is known of it, and leaves a row."""
MOST_RUNNING = 8
"""Imports of one process at once: each holds up to 30 MB of points in memory."""

AGAIN = "Send the file again: what was taken is known."
ABANDONED = f"The hub stopped half-way. {AGAIN}"
AWAY = f"The hub's store stayed away. {AGAIN}"
BROKEN = f"The hub could not go on. {AGAIN}"
REVOKED = "The device was revoked."

log = structlog.get_logger()


class TakesPings(Protocol):
    """What an import needs of the ingesting."""

    async def ingest(self, device: DeviceIdentity, pings: Sequence[Ping | None], timeout_s: float) -> list[Outcome]:
        """Judge pings and return once they are safe; raises StoreAway."""
        ...


class AlreadyRunning(msgspec.Struct, frozen=True):
    """Another import of this device has not ended."""


class TooManyImports(msgspec.Struct, frozen=True):
    """This process has enough to do."""


class _Progress:
    """How far an import is."""

    def __init__(self) -> None:
        self.done = 0
        self._verdicts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def add(self, outcomes: Sequence[Outcome]) -> None:
        self.done += len(outcomes)
        self._verdicts.update(outcome.verdict.value for outcome in outcomes)
        self._reasons.update(reason.value for outcome in outcomes for reason in outcome.reasons)

    @property
    def verdicts(self) -> dict[str, dict[str, int]]:
        return {"verdicts": dict(self._verdicts), "reasons": dict(self._reasons)}


class ImportTracks:
    """The imports of this process."""

    def __init__(self, database: Database, ingest: TakesPings, rates: Throttle, clock: Clock) -> None:
        self._database, self._ingest, self._rates, self._clock = database, ingest, rates, clock
        self._files = Throttle(FILES_PER_S, FILES_AT_ONCE, time.monotonic)
        self._running: dict[str, asyncio.Task[None]] = {}

    def wait_s(self, device_id: str) -> float:
        """Tell how many seconds until another file of this device is read; 0 means now, and counts this one."""
        wait_s = self._files.wait_s(device_id)
        if not wait_s:
            self._files.count(device_id)
        return wait_s

    async def begin(
        self, device: DeviceIdentity, name: str, points: Sequence[Ping | None]
    ) -> TrackImport | AlreadyRunning | TooManyImports:
        """Begin to take in a device's points, in their order; None is a malformed one."""
        if len(self._running) >= MOST_RUNNING:
            return TooManyImports()
        now = self._clock()
        made = TrackImport(
            id=new_id("ti"),
            device_id=device.device_id,
            resource_id=device.resource_id,
            name=name,
            total=len(points),
            verdicts=_Progress().verdicts,
            created_at=now,
            updated_at=now,
        )
        async with self._database.write() as tx:
            await track_imports.claim_device(tx, device.device_id)
            await track_imports.fail_silent(tx, made, now - SILENT_AFTER, ABANDONED)
            if await track_imports.is_running(tx, made):
                return AlreadyRunning()
            await track_imports.insert(tx, made)
        task = asyncio.create_task(self._run(made, device, points), name=f"import {made.id}")
        self._running[made.id] = task
        task.add_done_callback(lambda _: self._running.pop(made.id, None))
        return made

    async def wait(self, import_id: str, timeout_s: float) -> None:
        """Wait until an import of this process has ended, for so long at most."""
        if task := self._running.get(import_id):
            await asyncio.wait([task], timeout=timeout_s)

    async def get(self, import_id: str) -> ImportRow | None:
        """Tell how far an import is; one whose process has died has failed."""
        async with self._database.read() as tx:
            found = await track_imports.get(tx, import_id)
        if found and found.status is ImportStatus.RUNNING and found.updated_at < self._clock() - SILENT_AFTER:
            return msgspec.structs.replace(found, status=ImportStatus.FAILED, fault=ABANDONED)
        return found

    async def close(self) -> None:
        """End all imports; they have failed."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, made: TrackImport, device: DeviceIdentity, points: Sequence[Ping | None]) -> None:
        progress = _Progress()
        feeding = asyncio.create_task(self._feed(device, points, progress))
        try:
            while not feeding.done():
                await asyncio.wait([feeding], timeout=TELL_EVERY_S)
                if not feeding.done() and not await self._may_go_on(made, progress):
                    feeding.cancel()
                    await asyncio.gather(feeding, return_exceptions=True)
                    await self._end(made, progress, REVOKED)
                    return
            await self._end(made, progress, _fault_of(feeding))
        except asyncio.CancelledError:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            await self._note(made, progress, ImportStatus.FAILED, ABANDONED)

    async def _feed(self, device: DeviceIdentity, points: Sequence[Ping | None], progress: _Progress) -> None:
        bucket = f"import:{device.device_id}"
        while progress.done < len(points):
            if wait_s := self._rates.wait_s(bucket):
                await asyncio.sleep(wait_s)
                continue
            turn = points[progress.done : progress.done + PINGS_PER_TURN]
            self._rates.count(bucket, len(turn))
            progress.add(await self._patiently(device, turn))
            await asyncio.sleep(PAUSE_S)

    async def _patiently(self, device: DeviceIdentity, turn: Sequence[Ping | None]) -> list[Outcome]:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    return await self._ingest.ingest(device, turn, STORE_TIMEOUT_S)
                except StoreAway:  # at once where the store answers, and refuses
                    await asyncio.sleep(PAUSE_AWAY_S)

    async def _may_go_on(self, made: TrackImport, progress: _Progress) -> bool:
        """Write progress down; tell whether the device may still send and nobody took the import for dead."""
        try:
            async with self._database.write() as tx:
                return await self._write(tx, made, progress, ImportStatus.RUNNING, None) and bool(
                    await devices.still_active(tx, [made.device_id], self._clock())
                )
        except DatabaseAway:
            return True  # nobody can be revoked in it either

    async def _end(self, made: TrackImport, progress: _Progress, fault: str | None) -> None:
        status = ImportStatus.FAILED if fault else ImportStatus.DONE
        for _ in range(int(SILENT_AFTER.total_seconds())):
            if await self._note(made, progress, status, fault):
                return
            await asyncio.sleep(1.0)

    async def _note(self, made: TrackImport, progress: _Progress, status: ImportStatus, fault: str | None) -> bool:
        """Write down how an import ended; False where the database is away."""
        try:
            async with self._database.write() as tx:
                await self._write(tx, made, progress, status, fault)
        except DatabaseAway:
            return False
        return True

    async def _write(
        self, tx: AsyncConnection, made: TrackImport, progress: _Progress, status: ImportStatus, fault: str | None
    ) -> bool:
        return await track_imports.note(
            tx,
            made.id,
            status=status,
            done=progress.done,
            verdicts=progress.verdicts,
            fault=fault,
            now=self._clock(),
        )


def _fault_of(feeding: asyncio.Task[None]) -> str | None:
    """Say why the points could not all be taken, None where they were."""
    fault = feeding.exception()
    if fault is None:
        return None
    if isinstance(fault, TimeoutError):
        return AWAY
    log.error("import of a track failed", exc_info=fault)
    return BROKEN
