"""Bring the schema up to date."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from hub.store.database import Database

_LOCK = 7_236_111_847
"""Key of PostgreSQL's advisory lock while the schema changes; any number that nothing else uses."""


async def migrate(db: Database, revision: str = "head") -> None:
    """Upgrade the schema to the newest revision, or to the one named.

    Two processes may call it at once: the second waits (an advisory lock on PostgreSQL, the write lock on
    SQLite) and finds nothing left to do. All revisions go in one transaction. The folder of an SQLite file is
    made; raises `DatabaseAway` where that fails or the database does not answer.
    """
    db.make_folder()
    await _run(db, lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(db: Database, revision: str = "base") -> None:
    """Take the schema back to a revision; `base` drops every table with all its rows."""
    await _run(db, lambda connection: command.downgrade(_config(connection), revision))


async def is_current(db: Database) -> bool:
    """Tell whether the schema is at the newest revision that this program knows."""
    async with db.read() as tx:
        found = await tx.run_sync(lambda connection: MigrationContext.configure(connection).get_current_heads())
    return found == _newest()


async def _run(db: Database, change: Callable[[Connection], None]) -> None:
    patient = db.patient()
    try:
        async with patient.write() as tx:
            if db.dialect == "postgresql":
                await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await tx.run_sync(change)
    finally:
        await patient.close()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _newest() -> tuple[str, ...]:
    return tuple(ScriptDirectory.from_config(_config()).get_heads())
