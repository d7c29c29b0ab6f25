"""Fresh databases for tests, made by copying one that is migrated already."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

from hub.store.database import Database
from hub.store.database_url import database_url
from hub.store.migrate import migrate

_numbers = count(1)
_left_copies: dict[tuple[str, str | None], list[tuple[str, str]]] = {}
"""Databases that may be used again, with what `_SCHEMA` answered when they were new; by server and template."""

_SCHEMA = """
    SELECT md5(string_agg(rows, ',' ORDER BY rows)) FROM (
        SELECT 'c' || oid || ' ' || xmin FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT 'a' || attrelid || ' ' || attnum || ' ' || xmin FROM pg_attribute WHERE attrelid >= 16384
        UNION ALL SELECT 'k' || oid || ' ' || xmin FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT 't' || oid || ' ' || xmin FROM pg_trigger
        UNION ALL SELECT 'p' || oid || ' ' || xmin FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT 's' || starelid || ' ' || staattnum || ' ' || xmin FROM pg_statistic WHERE starelid >= 16384
        UNION ALL SELECT 'v' || version_num FROM alembic_version
    ) AS catalogue (rows)
"""
"""Digests what the catalogue says, and which transactions wrote it: any change of the schema changes it for good."""
_END_OTHERS = """
    SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
    DO $$
    DECLARE part regclass; has_rows boolean;
    BEGIN
        SET LOCAL session_replication_role = replica;  -- no order of deletion, then
        FOR part IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', part) INTO has_rows;
            IF has_rows THEN EXECUTE format('DELETE FROM %s', part); END IF;
        END LOOP;
    END $$
"""
"""Deletes every row; there are no sequences that would have to begin again."""


@asynccontextmanager
async def fresh_postgres(server_url: str, template: str | None = None) -> AsyncIterator[str]:
    """Make an empty database, or a copy of `template`, and give its URL; dropped afterwards.

    A copy that a test leaves with its schema untouched is emptied and given to the next one: copying and
    dropping some hundred files costs far more than most tests.
    """
    left = _left_copies.setdefault((server_url, template), [])
    schema: str | None = None
    if left:
        name, schema = left.pop()
    else:
        name = f"test_{next(_numbers)}"
        # A file copy needs checkpoints; copying through the log is faster for a database of a few tables.
        copy = f" TEMPLATE {template} STRATEGY wal_log" if template else ""
        await _administer(server_url, f"CREATE DATABASE {name}{copy}")
        if template:
            schema = await _ask(f"{server_url}/{name}", _SCHEMA)
    try:
        yield f"{server_url}/{name}"
    finally:
        if schema is not None and await _emptied(f"{server_url}/{name}", schema):
            left.append((name, schema))
        else:
            await _administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _emptied(url: str, schema: str) -> bool:
    """End what still uses a database and delete all rows; False where its schema is not what it was."""
    await _ask(url, _END_OTHERS)
    if await _ask(url, _SCHEMA) != schema:
        return False
    await _ask(url, _EMPTY)
    return True


async def make_postgres_template(server_url: str) -> str:
    """Make a migrated database to copy from, and give its name."""
    name = f"template_{next(_numbers)}"
    await _administer(server_url, f"CREATE DATABASE {name}")
    await _migrate(f"{server_url}/{name}")
    return name


async def make_sqlite_template(folder: Path) -> Path:
    """Make a migrated database to copy from, and give its file."""
    file = folder / "template.db"
    await _migrate(f"sqlite:///{file}")
    return file


def copy_sqlite(template: Path, folder: Path) -> str:
    """Copy a closed database into a folder and give the copy's URL."""
    shutil.copyfile(template, folder / "hub.db")
    return f"sqlite:///{folder / 'hub.db'}"


async def _migrate(url: str) -> None:
    db = Database.open(url)
    await migrate(db)
    await db.close()


async def _administer(server_url: str, statement: str) -> None:
    await _ask(f"{server_url}/postgres", statement)


async def _ask(url: str, statement: str) -> str | None:
    engine = create_async_engine(database_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        answer = await connection.execute(text(statement))
        return str(answer.scalar()) if answer.returns_rows else None
