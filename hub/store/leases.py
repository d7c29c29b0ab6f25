"""Leases: rows that say who alone may do something for now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store.tables import lease


async def take(tx: AsyncConnection, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
    """Take or renew a lease; tell whether it is the holder's. Of several that try at once one gets it."""
    free_or_own = or_(lease.c.holder == holder, lease.c.until <= now)
    change = update(lease).where(lease.c.name == name, free_or_own).values(holder=holder, until=until)
    if (await tx.execute(change)).rowcount == 1:
        return True
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    row = insert(lease).values(name=name, holder=holder, until=until)
    return (await tx.execute(row.on_conflict_do_nothing())).rowcount == 1


async def give_back(tx: AsyncConnection, name: str, holder: str) -> None:
    """Let somebody else have it at once."""
    await tx.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))
