"""Open real databases and hand out transactions."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from hub.store import portals
from hub.store.database import Database, DatabaseAway
from hub.store.ids import new_id
from tests.builders import NOW, build_directory, build_visit
from tests.databases import copy_sqlite


def _portal() -> portals.Portal:
    return portals.Portal(id=new_id("po"), name="Fix It")


async def test_what_is_written_is_read(db: Database) -> None:
    async with db.write() as tx:
        await portals.insert_portals(tx, [_portal()])

    async with db.read() as tx:
        assert [portal.name for portal in await portals.list_portals(tx)] == ["Fix It"]


async def test_an_exception_takes_the_whole_transaction_back(db: Database) -> None:
    async def write_and_fail() -> None:
        async with db.write() as tx:
            await portals.insert_portals(tx, [_portal()])
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()

    async with db.read() as tx:
        assert await portals.list_portals(tx) == []


async def test_a_reading_transaction_can_not_write(db: Database) -> None:
    async with db.read() as tx:
        with pytest.raises(DBAPIError):
            await portals.insert_portals(tx, [_portal()])


async def test_whoever_opens_a_new_sqlite_file_waits_for_another_that_writes_to_it(tmp_path: Path) -> None:
    new = Database.open(f"sqlite:///{tmp_path / 'new.db'}")
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.1, other.execute, "COMMIT")
        async with new.write() as tx:  # the switch to the write-ahead log is refused until then
            assert (await tx.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
    await new.close()


async def test_a_connection_that_read_can_write_afterwards(db: Database) -> None:
    for _ in range(3):
        async with db.read() as tx:
            await portals.list_portals(tx)
        async with db.write() as tx:
            await portals.insert_portals(tx, [_portal()])

    async with db.read() as tx:
        assert len(await portals.list_portals(tx)) == 3


async def test_readers_go_on_while_somebody_writes(db: Database) -> None:
    async with db.write() as tx:
        await portals.insert_portals(tx, [_portal()])
        async with asyncio.timeout(2), db.read() as reader:
            assert await portals.list_portals(reader) == []


async def test_writers_of_two_processes_wait_for_each_other(db: Database, database_url: str) -> None:
    other = Database.open(database_url)  # its own pool, as another process has

    async def add(to: Database) -> None:
        async with to.write() as tx:
            known = len(await portals.list_portals(tx))  # after this a deferred one would fail
            await asyncio.sleep(0.002)
            await portals.insert_portals(tx, [portals.Portal(id=new_id("po"), name=str(known))])

    await asyncio.gather(*(add(which) for which in [db, other] * 10))

    async with db.read() as tx:
        assert len(await portals.list_portals(tx)) == 20
    await other.close()


async def test_a_writer_who_is_cancelled_at_any_moment_leaves_no_lock(db: Database, database_url: str) -> None:
    async def write_for_ever() -> None:
        while True:
            async with db.write() as tx:
                assert await portals.list_portals(tx) != []
                await tx.execute(text("UPDATE portal SET name = 'Fix It Now'"))

    async with db.write() as tx:
        await portals.insert_portals(tx, [_portal() for _ in range(50)])
    other = Database.open(database_url)
    gc.disable()  # what a cancelled one left behind must not be needed to go
    try:
        for number in range(100):
            writing = asyncio.create_task(write_for_ever())
            await asyncio.sleep(number / 5_000)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            async with asyncio.timeout(5), other.write() as tx:
                await tx.execute(text("UPDATE portal SET name = 'Fix It'"))
    finally:
        gc.enable()
        await other.close()


async def test_a_reference_to_nothing_is_refused(db: Database) -> None:
    async with db.read() as tx:
        assert await portals.get_portal(tx, "po_nothing") is None

    async def book_for_nobody() -> None:
        async with db.write() as tx:
            await build_visit(tx, resource_id="re_nobody")

    with pytest.raises(IntegrityError):
        await book_for_nobody()


@pytest.mark.parametrize(
    "rule",
    [
        "UPDATE location SET lat = 91",
        "UPDATE location SET lon = -181",
        "UPDATE booking SET status = 'gone'",
        "UPDATE booking SET ends_at = starts_at",
        "UPDATE work_order SET status = 'gone'",
        "UPDATE service_type SET duration_s = 0",
    ],
)
async def test_the_database_refuses_impossible_rows(db: Database, rule: str) -> None:
    async with db.write() as tx:
        await build_visit(tx)

    async def break_it() -> None:
        async with db.write() as tx:
            await tx.execute(text(rule))

    with pytest.raises(IntegrityError):
        await break_it()


async def test_ping_tells_of_a_database_that_is_there(db: Database) -> None:
    await db.ping()


async def test_ping_fails_without_the_database(tmp_path: Path) -> None:
    db = Database.open(f"sqlite:///{tmp_path / 'nowhere' / 'hub.db'}")

    with pytest.raises(DatabaseAway):
        await db.ping()
    await db.close()


async def test_a_naive_time_is_refused(db: Database) -> None:
    async def build_naive() -> None:
        async with db.write() as tx:
            known = await build_directory(tx)
            await build_visit(tx, directory=known, starts_at=(NOW + timedelta(hours=1)).replace(tzinfo=None))

    with pytest.raises(Exception, match="naive"):
        await build_naive()


async def test_sqlite_is_set_up_to_lose_no_commit(tmp_path: Path) -> None:
    db = Database.open(f"sqlite:///{tmp_path / 'hub.db'}")

    async with db.write() as tx:
        found = [
            (await tx.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    assert found == ["wal", 2, 1, 10_000]
    await db.close()


async def test_sqlite_overwrites_what_is_deleted(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'hub.db'}")
    async with database.write() as tx:
        assert (await tx.execute(text("PRAGMA secure_delete"))).scalar_one() == 1
    await database.close()


def _files_with(text: bytes, folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if text in file.read_bytes()]


async def test_what_is_deleted_is_soon_in_no_file_of_sqlite(tmp_path: Path, sqlite_template: Path) -> None:
    database = Database.open(copy_sqlite(sqlite_template, tmp_path))
    async with database.write() as tx:
        await portals.insert_portals(tx, [msgspec.structs.replace(_portal(), name="Secret Street 7")])
    await database.forget_on_disk()
    async with database.write() as tx:
        await tx.execute(text("DELETE FROM portal"))

    await database.forget_on_disk()

    assert not _files_with(b"Secret Street", tmp_path)
    await database.close()


async def test_a_fault_names_no_values(db: Database) -> None:
    portal = msgspec.structs.replace(_portal(), name="Secret Street 7")
    async with db.write() as tx:
        await portals.insert_portals(tx, [portal])

    with pytest.raises(IntegrityError) as fault:
        async with db.write() as tx:
            await portals.insert_portals(tx, [portal])

    assert "Secret Street" not in str(fault.value)
