"""Grade told arrivals, on real databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from hub.domain.eta_score import Score
from hub.services.measure_arrivals import MeasureArrivals
from hub.services.score_arrivals import ScoreArrivals
from hub.store.database import Database
from hub.store.eta_scores import EVERYBODY, all_scores
from tests.builders import NOW, build_resource
from tests.fakes import FakeClock
from tests.integration.told_arrivals import a_trip

DAY = timedelta(days=1)
EVENING = NOW + timedelta(hours=6)


async def grade(db: Database) -> dict[tuple[str, int], Score]:
    """Grade at the evening; answer by technician and days, of all portals."""
    assert await ScoreArrivals(db, FakeClock(EVENING)).work() == {"gradings": 1}
    async with db.read() as tx:
        return {(row.resource_id, row.days): row.figures for row in await all_scores(tx)}


async def test_each_technician_and_all_together_are_graded(db: Database) -> None:
    visit = await a_trip(db, took_min=22)  # two minutes later than told, four times
    directory = visit.directory
    async with db.write() as tx:
        other = await build_resource(tx, directory.portal_id)
    await a_trip(db, directory=directory, resource_id=other, set_off_at=NOW + timedelta(hours=1), took_min=14)

    scores = await grade(db)

    assert {key: (one.trips, one.estimates) for key, one in scores.items()} == {
        (EVERYBODY, 7): (2, 7),
        (EVERYBODY, 30): (2, 7),
        (directory.resource_id, 7): (1, 4),
        (directory.resource_id, 30): (1, 4),
        (other, 7): (1, 3),  # what is told after the arrival does not count
        (other, 30): (1, 3),
    }
    assert scores[directory.resource_id, 7].mae_s == 120
    assert scores[directory.resource_id, 7].bias_s == 120
    assert scores[directory.resource_id, 7].coverage == 1
    assert scores[other, 7].mae_s == 360
    assert scores[other, 7].coverage == 0
    assert scores[EVERYBODY, 7].coverage == pytest.approx(4 / 7)


async def test_older_ways_count_only_in_the_longer_time(db: Database) -> None:
    visit = await a_trip(db, set_off_at=NOW - 8 * DAY)
    await a_trip(db, directory=visit.directory, set_off_at=NOW - 31 * DAY)

    assert {key[1]: one.trips for key, one in (await grade(db)).items()} == {30: 1}


async def test_grading_again_replaces_what_was_known(db: Database) -> None:
    await a_trip(db)
    assert await grade(db) == await grade(db)


async def test_portals_are_graded_apart(db: Database) -> None:
    one, other = await a_trip(db), await a_trip(db)
    await grade(db)

    async with db.read() as tx:
        of_one = await all_scores(tx, one.directory.portal_id)

    assert {row.resource_id for row in of_one} == {EVERYBODY, one.directory.resource_id}
    assert other.directory.portal_id != one.directory.portal_id


async def test_nobody_having_arrived_there_is_nothing_to_tell(db: Database) -> None:
    await a_trip(db, took_min=None)
    assert await grade(db) == {}


async def test_the_grades_are_told_to_prometheus_once_a_minute(db: Database) -> None:
    visit = await a_trip(db, took_min=22)
    await grade(db)
    clock = FakeClock(EVENING)
    measure = MeasureArrivals(db, clock)
    labels = {"portal": visit.directory.portal_id, "technician": visit.directory.resource_id, "days": "7"}

    await measure.update()
    await a_trip(db, directory=visit.directory, set_off_at=NOW + timedelta(hours=1))
    await grade(db)
    await measure.update()

    assert REGISTRY.get_sample_value("hub_arrival_score", {**labels, "figure": "mae"}) == 120
    assert REGISTRY.get_sample_value("hub_arrival_trips", labels) == 1
    clock.now += timedelta(seconds=61)
    await measure.update()
    assert REGISTRY.get_sample_value("hub_arrival_trips", labels) == 2
