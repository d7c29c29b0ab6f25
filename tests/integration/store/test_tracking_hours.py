"""Read on real databases who is tracked in working hours only."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from hub.domain.intervals import DailyHours
from hub.domain.tracking_hours import Tracking, TrackingHours
from hub.store.database import Database
from hub.store.tracking_hours import Rule, restricted, rule_of, set_rule
from hub.store.working_hours import WorkingHours, insert_working_hours
from tests.builders import build_directory, build_resource

EIGHT_TO_FOUR = DailyHours(0, 28_800, 57_600)


async def _technician(db: Database, *, works: bool = True) -> str:
    async with db.write() as tx:
        resource_id = await build_resource(tx, (await build_directory(tx)).portal_id)
        if works:
            hours = WorkingHours(resource_id=resource_id, weekday=0, starts_s=28_800, ends_s=57_600)
            await insert_working_hours(tx, [hours])
    return resource_id


@pytest.mark.parametrize(
    ("rule", "default", "held"),
    [
        (None, Tracking.ALWAYS, False),
        (None, Tracking.WORKING_HOURS, True),
        (Tracking.ALWAYS, Tracking.WORKING_HOURS, False),
        (Tracking.WORKING_HOURS, Tracking.ALWAYS, True),
    ],
)
async def test_a_technicians_rule_goes_before_the_setting(
    db: Database, rule: Tracking | None, default: Tracking, *, held: bool
) -> None:
    resource_id = await _technician(db)
    async with db.write() as tx:
        assert await set_rule(tx, resource_id, rule)

    async with db.read() as tx:
        found = await restricted(tx, default)

    hours = TrackingHours((EIGHT_TO_FOUR,), ZoneInfo("Europe/Helsinki"))
    assert found == ({resource_id: hours} if held else {})


async def test_who_has_no_working_hours_is_not_held_to_any(db: Database) -> None:
    await _technician(db, works=False)

    async with db.read() as tx:
        assert await restricted(tx, Tracking.WORKING_HOURS) == {}


async def test_a_rule_can_be_taken_back(db: Database) -> None:
    resource_id = await _technician(db)
    async with db.write() as tx:
        await set_rule(tx, resource_id, Tracking.WORKING_HOURS)
        await set_rule(tx, resource_id, None)

    async with db.read() as tx:
        assert await restricted(tx, Tracking.ALWAYS) == {}


async def test_nobody_unknown_gets_a_rule(db: Database) -> None:
    async with db.write() as tx:
        assert not await set_rule(tx, "re_unknown", Tracking.ALWAYS)


@pytest.mark.parametrize("works", [True, False])
async def test_a_rule_is_told_with_whether_there_are_hours_to_be_held_to(db: Database, *, works: bool) -> None:
    resource_id = await _technician(db, works=works)
    async with db.write() as tx:
        assert await rule_of(tx, resource_id) == Rule(None, works)
        await set_rule(tx, resource_id, Tracking.ALWAYS)
        assert await rule_of(tx, resource_id) == Rule(Tracking.ALWAYS, works)
