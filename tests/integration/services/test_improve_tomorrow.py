"""In the evening tomorrow gets better: proposed to staff, or applied, and left alone where they said so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.domain.day_plan import Replan
from hub.services.improve_tomorrow import ImproveTomorrow
from hub.services.replan_day import ReplanDay
from hub.store import day_plans
from hub.store.database import Database
from tests.integration.services.test_replan_day import TOMORROW, Crossed, crossed

EVENING = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
"""Half past eight in Helsinki, where the portal is."""


def _improver(scene: Crossed, mode: Replan, at: datetime = EVENING) -> ImproveTomorrow:
    return ImproveTomorrow(scene.db, ReplanDay(scene.db, None, lambda: at, rounds=100), mode, lambda: at)


async def _proposals(scene: Crossed) -> list[day_plans.KeptPlan]:
    async with scene.db.read() as tx:
        return await day_plans.proposed(tx, scene.directory.portal_id, TOMORROW.isoformat())


async def test_in_the_evening_a_better_day_is_proposed_once(db: Database) -> None:
    scene = await crossed(db)

    for _ in range(2):
        assert await _improver(scene, Replan.PROPOSE).work() == {"proposed_plans": 1}

    assert len(await _proposals(scene)) == 1


async def test_by_day_nobody_looks(db: Database) -> None:
    scene = await crossed(db)

    assert not await _improver(scene, Replan.PROPOSE, EVENING - timedelta(hours=1)).work()


async def test_the_hub_makes_the_moves_where_it_may(db: Database) -> None:
    scene = await crossed(db)
    before = await scene.times()

    assert await _improver(scene, Replan.APPLY).work() == {"applied_plans": 1}
    assert await scene.times() != before
    assert not await _improver(scene, Replan.APPLY).work()


@pytest.mark.parametrize("mode", [Replan.PROPOSE, Replan.APPLY])
async def test_a_day_that_staff_want_as_it_is_is_left_alone(db: Database, mode: Replan) -> None:
    scene = await crossed(db)
    await _improver(scene, Replan.PROPOSE).work()
    (plan,) = await _proposals(scene)
    await scene.planner().dismiss(scene.directory.portal_id, plan.id, actor="staff:st_1")

    assert not await _improver(scene, mode).work()
