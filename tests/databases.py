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


@asynccontextmanager
async def fresh_postgres(server_url: str, template: str | None = None) -> AsyncIterator[str]:
    """Make an empty database, or a copy of `template`, and give its URL; dropped afterwards."""
    name = f"test_{next(_numbers)}"
    # A file copy needs checkpoints; copying through the log is faster for a database of a few tables.
    copy = f" TEMPLATE {template} STRATEGY wal_log" if template else ""
    await _administer(server_url, f"CREATE DATABASE {name}{copy}")
    try:
        yield f"{server_url}/{name}"
    finally:
        await _administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


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
    url = database_url(f"{server_url}/postgres")
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
