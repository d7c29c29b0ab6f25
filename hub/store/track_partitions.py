"""The track history's days: on PostgreSQL each UTC day is a partition, made when needed and dropped whole.

On SQLite the history is one plain table, and nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = 7_236_111_848
"""Key of PostgreSQL's advisory lock while days are made or dropped; next to the one of migrations."""
_PREFIX = "track_point_"
_LOCK_NOT_AVAILABLE = "55P03"
_WAIT = "2s"
"""How long a drop waits for readers. Whoever comes after it waits behind it, so it would rather try again later."""


async def make_days(tx: AsyncConnection, moments: Iterable[datetime]) -> None:
    """See to partitions for the days of these moments; call it first in a transaction.

    Looking costs a fraction of a millisecond. Where a day is missing the lock is taken before any table is touched,
    and ATTACH, unlike PARTITION OF, lets others read and insert meanwhile.
    """
    if tx.dialect.name != "postgresql":
        return
    missing = await _missing(tx, {_day(moment) for moment in moments})
    if not missing:
        return
    await _lock(tx)
    for day in sorted(await _missing(tx, missing)):
        name = _name(day)
        await tx.execute(text(f"CREATE TABLE {name} (LIKE track_point INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"))
        attach = f"ALTER TABLE track_point ATTACH PARTITION {name} FOR VALUES FROM ('{day} 00:00:00+00') TO"
        await tx.execute(text(f"{attach} ('{day + timedelta(days=1)} 00:00:00+00')"))


async def drop_days(tx: AsyncConnection, before: datetime) -> int:
    """Drop the partitions that hold nothing of `before` or later; answer how many.

    None goes while readers hold the history for long: the next call finds them again.
    """
    if tx.dialect.name != "postgresql":
        return 0
    old = [day for day in await _days(tx) if day < _day(before)]
    if not old:
        return 0
    try:
        async with tx.begin_nested():
            await tx.execute(text(f"SET LOCAL lock_timeout = '{_WAIT}'"))
            await _lock(tx)
            for day in old:
                await tx.execute(text(f"DROP TABLE IF EXISTS {_name(day)}"))
    except DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return 0
    return len(old)


async def _days(tx: AsyncConnection) -> list[date]:
    query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'track_point'::regclass ORDER BY 1"
    names = (await tx.execute(text(query))).scalars()
    return [datetime.strptime(name.removeprefix(_PREFIX), "%Y%m%d").replace(tzinfo=UTC).date() for name in names]


async def _missing(tx: AsyncConnection, days: set[date]) -> set[date]:
    """Find the days without a partition. `to_regclass` would answer from a cache that the lock does not renew."""
    query = text(
        "SELECT day.relname FROM pg_class AS day JOIN pg_class AS whole ON whole.relnamespace = day.relnamespace "
        "WHERE whole.oid = 'track_point'::regclass AND day.relname = ANY(CAST(:names AS text[]))"
    )
    by_name = {_name(day): day for day in days}
    found = set((await tx.execute(query, {"names": list(by_name)})).scalars())
    return {day for name, day in by_name.items() if name not in found}


async def _lock(tx: AsyncConnection) -> None:
    await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _name(day: date) -> str:
    return f"{_PREFIX}{day:%Y%m%d}"
