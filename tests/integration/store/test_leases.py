"""Leases on real databases: of several that want the same one gets it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from hub.store import leases
from hub.store.database import Database
from tests.builders import NOW

FOR = timedelta(seconds=20)


async def _take(db: Database, holder: str, now: datetime = NOW) -> bool:
    async with db.write() as tx:
        return await leases.take(tx, "cron", holder, now=now, until=now + FOR)


async def test_of_twenty_that_try_at_once_one_gets_it(db: Database) -> None:
    for _ in range(3):
        taken = await asyncio.gather(*(_take(db, f"process {number}") for number in range(20)))
        assert sum(taken) == 1
        async with db.write() as tx:
            await leases.give_back(tx, "cron", f"process {taken.index(True)}")


async def test_the_holder_renews_it_and_others_wait_until_it_ends(db: Database) -> None:
    assert await _take(db, "one")
    assert await _take(db, "one", NOW + FOR / 2)

    assert not await _take(db, "two", NOW + FOR)
    assert await _take(db, "two", NOW + FOR * 1.5)
    assert not await _take(db, "one", NOW + FOR * 1.5)


async def test_of_twenty_that_see_it_end_one_gets_it(db: Database) -> None:
    assert await _take(db, "one")

    taken = await asyncio.gather(*(_take(db, f"process {number}", NOW + FOR) for number in range(20)))

    assert sum(taken) == 1


async def test_one_that_is_given_back_is_free_at_once(db: Database) -> None:
    assert await _take(db, "one")
    async with db.write() as tx:
        await leases.give_back(tx, "cron", "two")
    assert not await _take(db, "two")

    async with db.write() as tx:
        await leases.give_back(tx, "cron", "one")
    assert await _take(db, "two")
