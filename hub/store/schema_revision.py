"""Tell which revision the schema is at; without Alembic, whose loading would hold up the start of each process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text

from hub.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


async def is_current(db: Database) -> bool:
    """Tell whether the schema is at the newest revision that this program knows."""
    async with db.read() as tx:
        if not await tx.run_sync(lambda connection: inspect(connection).has_table("alembic_version")):
            return False
        found = (await tx.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    return list(found) == [newest_revision()]


@cache
def newest_revision() -> str:
    """Read the newest revision from the files' names, which begin with `r` and the revision's four digits."""
    return max(file.name[1:5] for file in (MIGRATIONS / "versions").glob("r[0-9]*.py"))
