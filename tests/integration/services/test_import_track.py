"""Imports of recorded tracks, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from hub.domain.ping import Ping, Verdict
from hub.services import import_track
from hub.services.authenticate import DeviceIdentity, named_device
from hub.services.import_track import ABANDONED, AWAY, BROKEN, AlreadyRunning, ImportTracks, TooManyImports
from hub.services.judge_pings import Outcome, StoreAway
from hub.services.throttle import Throttle
from hub.store.database import Database
from hub.store.track_imports import ImportRow, ImportStatus, TrackImport
from tests.builders import NOW, build_device, build_directory
from tests.fakes import FakeClock
from tests.unit.domain.pings import ping


class Gate:
    """Takes pings as soon as it is open, as the ingesting does; `faults` are raised first."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.taken = 0
        self.faults: list[Exception] = []

    async def ingest(self, device: DeviceIdentity, pings: Sequence[Ping | None], timeout_s: float) -> list[Outcome]:
        """Wait for the gate and accept everything."""
        await self.open.wait()
        if self.faults:
            raise self.faults.pop(0)
        self.taken += len(pings)
        return [Outcome(Verdict.ACCEPTED)] * len(pings)


class Bench:
    """Imports of one process, with a technician's device."""

    def __init__(self, db: Database, device: DeviceIdentity) -> None:
        self.gate, self.clock, self.device = Gate(), FakeClock(), device
        self.imports = ImportTracks(db, self.gate, Throttle(0.0, 1, lambda: 0.0), self.clock)
        self.other_process = ImportTracks(db, self.gate, Throttle(0.0, 1, lambda: 0.0), self.clock)

    async def begin(self, count: int = 1) -> TrackImport:
        """Begin an import that may."""
        made = await self.imports.begin(self.device, "a.gpx", [ping(number) for number in range(count)])
        assert isinstance(made, TrackImport)
        return made

    async def ended(self, made: TrackImport) -> ImportRow:
        """Wait for the end of an import."""
        await self.imports.wait(made.id, 10.0)
        found = await self.imports.get(made.id)
        assert found is not None
        return found


@pytest.fixture
async def bench(db: Database) -> AsyncIterator[Bench]:
    """Build a technician with a device."""
    async with db.write() as tx:
        directory = await build_directory(tx)
        device_id, _ = await build_device(tx, directory.resource_id)
    device = await named_device(db, device_id, NOW)
    assert device is not None
    made = Bench(db, device)
    yield made
    await made.imports.close()
    await made.other_process.close()


async def test_all_points_are_taken_and_counted(bench: Bench) -> None:
    bench.gate.open.set()

    told = await bench.ended(await bench.begin(450))

    assert bench.gate.taken == 450
    assert (told.status, told.done, told.fault) == (ImportStatus.DONE, 450, None)
    assert told.verdicts == {"verdicts": {"accepted": 450}, "reasons": {}}


async def test_of_two_that_begin_at_once_one_runs(bench: Bench) -> None:
    answers = await asyncio.gather(
        *(process.begin(bench.device, "a.gpx", [ping(1)]) for process in (bench.imports, bench.other_process) * 2)
    )

    assert sum(isinstance(answer, TrackImport) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadyRunning) for answer in answers) == 3


async def test_one_whose_process_died_has_failed_and_makes_way(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_track, "TELL_EVERY_S", 60.0)  # as silent as the dead are
    dead = await bench.begin()
    bench.clock.advance(61)

    told = await bench.other_process.get(dead.id)
    again = await bench.other_process.begin(bench.device, "a.gpx", [ping(1)])

    assert told is not None
    assert (told.status, told.fault) == (ImportStatus.FAILED, ABANDONED)
    assert isinstance(again, TrackImport)


async def test_one_that_was_taken_for_dead_stays_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_track, "TELL_EVERY_S", 60.0)
    slow = await bench.begin()
    bench.clock.advance(61)
    assert isinstance(await bench.other_process.begin(bench.device, "a.gpx", [ping(1)]), TrackImport)
    bench.gate.open.set()

    told = await bench.ended(slow)

    assert (told.status, told.fault, told.done) == (ImportStatus.FAILED, ABANDONED, 0)


async def test_a_store_that_is_away_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_track, "PAUSE_AWAY_S", 0.01)
    bench.gate.faults = [StoreAway(), StoreAway()]
    bench.gate.open.set()

    told = await bench.ended(await bench.begin(3))

    assert (told.status, told.done) == (ImportStatus.DONE, 3)


async def test_a_store_that_refuses_at_once_is_not_asked_again_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_track, "PATIENCE_S", 0.05)
    bench.gate.faults = [StoreAway()] * 100
    bench.gate.open.set()

    await bench.ended(await bench.begin())

    assert len(bench.gate.faults) == 99


async def test_a_store_that_stays_away_fails_the_import(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_track, "PATIENCE_S", 0.05)

    told = await bench.ended(await bench.begin())

    assert (told.status, told.fault) == (ImportStatus.FAILED, AWAY)


async def test_a_fault_of_ours_is_told_and_harms_nobody_else(bench: Bench) -> None:
    bench.gate.faults = [RuntimeError("broken")]
    bench.gate.open.set()

    broken = await bench.ended(await bench.begin())
    next_one = await bench.ended(await bench.begin())

    assert (broken.status, broken.fault) == (ImportStatus.FAILED, BROKEN)
    assert next_one.status is ImportStatus.DONE


async def test_a_process_takes_so_many_imports_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_track, "MOST_RUNNING", 1)
    await bench.begin()

    assert await bench.imports.begin(bench.device, "b.gpx", [ping(1)]) == TooManyImports()
