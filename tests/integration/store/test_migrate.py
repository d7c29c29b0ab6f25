"""Bring the schema up to date, on real databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import IntegrityError

from hub.store.database import Database
from hub.store.migrate import downgrade, migrate
from hub.store.schema_revision import is_current
from hub.store.tables import metadata
from tests.databases import fresh_postgres


@pytest.fixture
async def empty(empty_database_url: str) -> AsyncIterator[Database]:
    """Open a database without tables, once of each kind."""
    opened = Database.open(empty_database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def from_metadata(empty: Database, postgres_server: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Open another database of the same kind, its tables made from the metadata without any migration."""
    if empty.dialect == "sqlite":
        made = Database.open(f"sqlite:///{tmp_path / 'metadata.db'}")
        async with made.write() as tx:
            await tx.run_sync(metadata.create_all)
        yield made
        await made.close()
        return
    async with fresh_postgres(postgres_server) as url:
        made = Database.open(url)
        async with made.write() as tx:
            await tx.run_sync(metadata.create_all)
        yield made
        await made.close()


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _described(connection: Connection) -> dict[str, dict[str, list[str]]]:
    seen = inspect(connection)
    return {
        table: {
            # As text, because types and conditions don't compare as objects.
            "columns": sorted(map(str, seen.get_columns(table))),
            "primary key": [str(seen.get_pk_constraint(table))],
            "foreign keys": sorted(map(str, seen.get_foreign_keys(table))),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "checks": sorted(map(str, seen.get_check_constraints(table))),
            "indexes": sorted(map(_index_as_text, seen.get_indexes(table))),
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def _index_as_text(index: Any) -> str:
    options = {name: str(value) for name, value in index.pop("dialect_options", {}).items()}
    return f"{index} {options}"


async def test_an_empty_database_is_not_current_and_a_migrated_one_is(empty: Database) -> None:
    assert not await is_current(empty)

    await migrate(empty)

    assert await is_current(empty)


async def test_the_migrated_schema_agrees_with_the_metadata(empty: Database) -> None:
    await migrate(empty)

    async with empty.read() as tx:
        assert await tx.run_sync(_differences) == []


async def test_migrated_tables_are_the_same_as_those_made_from_the_metadata(
    empty: Database, from_metadata: Database
) -> None:
    await migrate(empty)

    async with empty.read() as migrated, from_metadata.read() as made:
        assert await migrated.run_sync(_described) == await made.run_sync(_described)


async def test_down_to_base_leaves_no_table_and_up_again_works(empty: Database) -> None:
    await migrate(empty)

    await downgrade(empty)

    async with empty.read() as tx:
        assert await tx.run_sync(lambda c: inspect(c).get_table_names()) == ["alembic_version"]
    await migrate(empty)
    assert await is_current(empty)


async def test_migrating_again_changes_nothing(db: Database) -> None:
    await migrate(db)

    assert await is_current(db)


async def test_two_that_migrate_at_once_do_not_collide(empty: Database) -> None:
    other = Database.open(empty.url.render_as_string(hide_password=False))

    await asyncio.gather(migrate(empty), migrate(other), migrate(other))

    assert await is_current(other)
    await other.close()


async def test_the_history_is_carried_over_into_days_and_back(empty: Database) -> None:
    await migrate(empty, "0003")
    row = (
        "INSERT INTO track_point (device_id, ping_key, resource_id, at, lat, lon, verdict, reasons, received_at) "
        "VALUES ('de_1', {key}, 're_1', '{at}', 60, 24, 'accepted', '[]', '2026-11-23 10:00:00.000000{zone}')"
    )
    key, zone = ("x'{:032x}'", "") if empty.dialect == "sqlite" else ("'\\x{:032x}'", "+00")
    moments = [f"2026-11-{day} {time}{zone}" for day, time in ((22, "23:59:59.999999"), (23, "00:00:00.000000"))]
    async with empty.write() as tx:
        for number, at in enumerate(moments):
            await tx.exec_driver_sql(row.format(key=key.format(number), at=at, zone=zone))

    for change, revision in ((migrate, "0004"), (downgrade, "0003"), (migrate, "head")):
        await change(empty, revision)
        async with empty.read() as tx:
            kept = (await tx.exec_driver_sql("SELECT ping_key, lat FROM track_point ORDER BY at")).all()
        assert [tuple(one) for one in kept] == [((0).to_bytes(16), 60), ((1).to_bytes(16), 60)]


async def test_bookings_from_before_crews_keep_their_time_and_name_their_resource(empty: Database) -> None:
    await migrate(empty, "0008")
    zone = "" if empty.dialect == "sqlite" else "+00"
    async with empty.write() as tx:
        for statement in _BOOKED_BEFORE_CREWS:
            await tx.exec_driver_sql(statement.replace("{zone}", zone))
    reserved = "SELECT id, resource_id, booking_id FROM reservation ORDER BY id"

    for change, revision in ((migrate, "0009"), (downgrade, "0008"), (migrate, "0009")):
        await change(empty, revision)
        async with empty.read() as tx:
            kept = [tuple(row) for row in await tx.exec_driver_sql(reserved)]
        assert kept == [("ho_1", "re_1", None), ("rv_1", "re_1", "bk_1")]
    async with empty.read() as tx:
        named = await tx.exec_driver_sql("SELECT booking_id, resource_id, role_id FROM booking_resource")
        assert [tuple(row) for row in named] == [("bk_1", "re_1", None)]
    async with empty.write() as tx:
        with pytest.raises(IntegrityError):  # the rule against overlaps is still there
            await tx.exec_driver_sql(_BOOKED_BEFORE_CREWS[-1].replace("ho_1", "ho_2").replace("{zone}", zone))


_AT = "'2026-11-23 1{hour}:00:00.000000{zone}'"
_BOOKED_BEFORE_CREWS = [
    statement.replace("{0}", _AT.replace("{hour}", "0"))
    .replace("{1}", _AT.replace("{hour}", "1"))
    .replace("{2}", _AT.replace("{hour}", "2"))
    for statement in (
        "INSERT INTO portal (id, name, brand, switches, demo, locale, time_zone) "
        "VALUES ('po_1', 'A', '{}', '{}', FALSE, 'en', 'UTC')",
        "INSERT INTO account (id, portal_id, name) VALUES ('ac_1', 'po_1', 'A')",
        "INSERT INTO contact (id, account_id, name, language) VALUES ('co_1', 'ac_1', 'A', 'en')",
        "INSERT INTO location (id, account_id, address, lat, lon, time_zone, access_notes) "
        "VALUES ('lo_1', 'ac_1', 'A', 60, 24, 'UTC', '')",
        "INSERT INTO service_type (id, portal_id, name, duration_s, preparation) VALUES ('st_1', 'po_1', 'A', 60, '')",
        "INSERT INTO resource (id, portal_id, name, base_lat, base_lon) VALUES ('re_1', 'po_1', 'A', 60, 24)",
        "INSERT INTO work_order (id, portal_id, account_id, contact_id, location_id, service_type_id, status, notes) "
        "VALUES ('wo_1', 'po_1', 'ac_1', 'co_1', 'lo_1', 'st_1', 'scheduled', '')",
        "INSERT INTO booking (id, work_order_id, resource_id, status, starts_at, ends_at, window_earliest, "
        "window_latest, version, created_at, updated_at) "
        "VALUES ('bk_1', 'wo_1', 're_1', 'scheduled', {0}, {1}, {0}, {1}, 1, {0}, {0})",
        "INSERT INTO reservation (id, resource_id, protected_from, protected_to, kind, booking_id, override) "
        "VALUES ('rv_1', 're_1', {0}, {1}, 'booking', 'bk_1', FALSE)",
        "INSERT INTO reservation (id, resource_id, protected_from, protected_to, kind, expires_at, override) "
        "VALUES ('ho_1', 're_1', {1}, {2}, 'hold', {2}, FALSE)",
    )
]
