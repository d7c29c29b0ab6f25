"""Know tracking hours as they are in real databases, and soon as they become."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.tracking_hours import Tracking
from hub.services.keep_hours import READ_EVERY_S, KeepHours
from hub.store.database import Database
from hub.store.tracking_hours import set_rule
from hub.store.working_hours import WorkingHours, insert_working_hours
from tests.builders import NOW, build_directory

HOUR = timedelta(hours=1)
NOON = NOW.replace(hour=10)  # in Helsinki, on a Monday


class Seconds:
    """A monotonic clock that goes on when told."""

    now_s = 1_000.0

    def __call__(self) -> float:
        """Answer the second that was set."""
        return self.now_s


@pytest.fixture
async def technician(db: Database) -> str:
    """Build a technician who works on Mondays from 8 to 16 and is tracked only then."""
    async with db.write() as tx:
        resource_id = (await build_directory(tx)).resource_id
        hours = WorkingHours(resource_id=resource_id, weekday=0, starts_s=28_800, ends_s=57_600)
        await insert_working_hours(tx, [hours])
        await set_rule(tx, resource_id, Tracking.WORKING_HOURS)
    return resource_id


async def test_moments_are_inside_or_outside_in_any_order(db: Database, technician: str) -> None:
    hours = KeepHours(db, Tracking.ALWAYS, Seconds())
    await hours.refresh()

    inside = [NOON, NOON + 4 * HOUR, NOON - 5 * HOUR, NOON]
    outside = [NOON + 5 * HOUR, NOON - 5 * HOUR - timedelta(microseconds=1), NOON + 24 * HOUR]

    assert [hours.tracked(technician, at) for at in inside] == [True] * 4
    assert [hours.tracked(technician, at) for at in outside] == [False] * 3
    assert hours.tracked(technician, NOON + 7 * 24 * HOUR)
    assert hours.tracked("re_anybody_else", NOON + 5 * HOUR)


async def test_another_rule_counts_within_half_a_minute(db: Database, technician: str) -> None:
    seconds = Seconds()
    hours = KeepHours(db, Tracking.ALWAYS, seconds)
    await hours.refresh()
    assert not hours.tracked(technician, NOON + 6 * HOUR)
    async with db.write() as tx:
        await set_rule(tx, technician, None)

    seconds.now_s += READ_EVERY_S - 0.1
    await hours.refresh()
    assert not hours.tracked(technician, NOON + 6 * HOUR)
    seconds.now_s += 0.1
    await hours.refresh()
    assert hours.tracked(technician, NOON + 6 * HOUR)
