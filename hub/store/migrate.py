"""Bring the schema up to date."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from hub.store.database import Database
from hub.store.schema_revision import MIGRATIONS

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


async def _run(db: Database, change: Callable[[Connection], None]) -> None:
    patient = db.patient()
    try:
        async with patient.write() as tx:
            if db.dialect == "postgresql":
                await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await tx.run_sync(change)
    finally:
        await patient.close()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
