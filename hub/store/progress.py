"""How far work that is done again and again has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.tables import upkeep


async def done_until(tx: AsyncConnection, name: str) -> datetime | None:
    """Tell how far a work has come, None before its first time."""
    found: datetime | None = (
        await tx.execute(select(upkeep.c.done_until).where(upkeep.c.name == name))
    ).scalar_one_or_none()
    return found


async def set_done_until(tx: AsyncConnection, name: str, until: datetime) -> None:
    """Note how far a work has come."""
    if (await tx.execute(update(upkeep).where(upkeep.c.name == name).values(done_until=until))).rowcount == 0:
        insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
        await tx.execute(insert(upkeep).values(name=name, done_until=until).on_conflict_do_nothing())
