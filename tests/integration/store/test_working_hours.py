"""Keep working hours on real databases."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from hub.store.database import Database
from hub.store.working_hours import WorkingHours, insert_working_hours, of_resources
from tests.builders import build_directory, build_resource


def hours(resource_id: str, weekday: int, starts_s: int, ends_s: int) -> WorkingHours:
    return WorkingHours(resource_id=resource_id, weekday=weekday, starts_s=starts_s, ends_s=ends_s)


async def test_hours_come_back_through_the_week_for_the_asked_technicians_only(db: Database) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)
        other = await build_resource(tx, known.portal_id)
        afternoon, morning = hours(known.resource_id, 1, 46_800, 61_200), hours(known.resource_id, 1, 28_800, 43_200)
        monday = hours(known.resource_id, 0, 0, 86_400)
        await insert_working_hours(tx, [afternoon, morning, monday, hours(other, 0, 28_800, 61_200)])

    async with db.read() as tx:
        found = await of_resources(tx, [known.resource_id])

    assert found == [monday, morning, afternoon]


@pytest.mark.parametrize(("weekday", "starts_s", "ends_s"), [(7, 0, 60), (0, 60, 60), (0, 0, 86_401)])
async def test_hours_that_are_none_are_refused(db: Database, weekday: int, starts_s: int, ends_s: int) -> None:
    async with db.write() as tx:
        known = await build_directory(tx)

    with pytest.raises(IntegrityError):
        async with db.write() as tx:
            await insert_working_hours(tx, [hours(known.resource_id, weekday, starts_s, ends_s)])
