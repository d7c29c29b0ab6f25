"""Learn from finished ways on real databases, and take the newest model."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.domain.eta_model import NOTHING_LEARNED, EtaModel, Range
from hub.domain.live_messages import EtaSource
from hub.services.keep_eta_model import KeepEtaModel
from hub.services.learn_arrivals import LearnArrivals
from hub.store import erasure, eta_models
from hub.store.database import Database
from hub.store.tables import eta_factor, eta_model, eta_range
from tests.builders import NOW, BuiltDirectory
from tests.fakes import FakeClock
from tests.integration.told_arrivals import a_trip

HOUR = timedelta(hours=1)
MODEL = EtaModel(
    version=1,
    learned_at=NOW,
    trips=9,
    pace={EtaSource.ROUTE: 1.2, EtaSource.DISTANCE: 0.9},
    hours={0: 0.8, 167: 1.25},
    technicians={"re_anna": 1.1},
    cells={"53.445 -2.915 N": 1.5},
    ranges={EtaSource.ROUTE: (Range(60, 20, 40), Range(600, 120, 240))},
    ages=((30.0, 1.0), (120.0, 1.75)),
)


async def some_trips(db: Database, count: int, took_min: float = 25.0) -> BuiltDirectory:
    """Let a technician arrive a quarter later than the router said, one way an hour."""
    directory = (await a_trip(db, took_min=took_min)).directory
    for number in range(1, count):
        await a_trip(db, directory=directory, set_off_at=NOW + number * HOUR, took_min=took_min)
    return directory


async def learned(db: Database, hours: int) -> int:
    """Learn so many hours later; answer from how many ways."""
    return (await LearnArrivals(db, FakeClock(NOW + hours * HOUR)).work())["learned_ways"]


async def model(db: Database) -> EtaModel:
    """Read what a process would use."""
    keeper = KeepEtaModel(db)
    await keeper.refresh()
    return keeper.model


async def test_a_quarter_more_than_the_router_says_is_learned(db: Database) -> None:
    await some_trips(db, 6)

    assert await learned(db, 24) == 6

    found = await model(db)
    assert (found.version, found.trips, found.learned_at) == (1, 6, NOW + 24 * HOUR)
    assert 1.2 < found.pace[EtaSource.ROUTE] < 1.5
    assert list(found.ranges) == [EtaSource.ROUTE]


async def test_few_ways_or_none_teach_nothing(db: Database) -> None:
    assert await learned(db, 24) == 0
    await some_trips(db, 3)
    assert await learned(db, 24) == 0
    assert await model(db) == NOTHING_LEARNED


async def test_learning_again_needs_another_arrival(db: Database) -> None:
    directory = await some_trips(db, 6)
    assert await learned(db, 24) == 6
    assert await learned(db, 25) == 0

    await a_trip(db, directory=directory, set_off_at=NOW + 26 * HOUR, took_min=30)

    assert await learned(db, 27) == 7
    assert (await model(db)).version == 2


async def test_old_ways_are_forgotten(db: Database) -> None:
    await some_trips(db, 6)
    assert await learned(db, 24 * 100) == 0


async def test_a_model_is_read_as_it_was_kept(db: Database) -> None:
    async with db.write() as tx:
        await eta_models.save(tx, MODEL)
    assert await model(db) == MODEL


async def test_rows_can_be_read_by_people(db: Database) -> None:
    async with db.write() as tx:
        await eta_models.save(tx, MODEL)
    async with db.read() as tx:
        rows = (await tx.execute(select(eta_factor.c.kind, eta_factor.c.name).order_by(eta_factor.c.factor))).all()
    assert [tuple(row) for row in rows if row.kind in ("hour", "cell", "technician")] == [
        ("hour", "Mon 00"),
        ("technician", "re_anna"),
        ("hour", "Sun 23"),
        ("cell", "53.445 -2.915 N"),
    ]


async def test_only_so_many_versions_are_kept(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eta_models, "VERSIONS_KEPT", 2)
    for version in (1, 2, 3):
        async with db.write() as tx:
            await eta_models.save(tx, EtaModel(version=version, learned_at=NOW, trips=4, ranges=MODEL.ranges))
    async with db.read() as tx:
        assert (await tx.execute(select(eta_model.c.version).order_by(eta_model.c.version))).scalars().all() == [2, 3]
        assert (await tx.execute(select(func.min(eta_range.c.version)))).scalar_one() == 2


async def test_who_is_erased_goes_from_every_version_and_process(db: Database) -> None:
    directory = await some_trips(db, 1)
    async with db.write() as tx:
        technicians = {directory.resource_id: 1.3, "re_other": 0.9}
        await eta_models.save(tx, EtaModel(version=1, learned_at=NOW, trips=4, technicians=technicians))
    keeper = KeepEtaModel(db)
    await keeper.refresh()

    async with db.write() as tx:
        await erasure.erase_person(tx, directory.resource_id)
    await keeper.refresh()

    assert keeper.model.technicians == {"re_other": 0.9}
