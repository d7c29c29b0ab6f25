"""Turn rows into frozen structs and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, Row, Select, Table
from sqlalchemy.ext.asyncio import AsyncConnection

S = TypeVar("S", bound=msgspec.Struct)

MAX_PAGE = 500
"""The most rows one list answers (contract, "Directory")."""


def as_struct(kind: type[S], row: Row[Any]) -> S:
    """Make a struct from a row whose columns are named like its fields."""
    # SQLAlchemy's column names are a subclass of str, which msgspec takes for something else.
    return msgspec.convert({str(name): value for name, value in row._mapping.items()}, kind)


async def find(tx: AsyncConnection, kind: type[S], query: Select[Any]) -> S | None:
    """Read the one row of a query, None without any."""
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else as_struct(kind, row)


async def find_all(tx: AsyncConnection, kind: type[S], query: Select[Any]) -> list[S]:
    """Read all rows of a query."""
    return [as_struct(kind, row) for row in await tx.execute(query)]


async def page(
    tx: AsyncConnection, kind: type[S], query: Select[Any], id_: Column[Any], after: str | None, limit: int
) -> list[S]:
    """Read up to `limit` rows (at most 500) in order of their ids, those after the id `after`."""
    if after is not None:
        query = query.where(id_ > after)
    return await find_all(tx, kind, query.order_by(id_).limit(page_size(limit)))


def page_size(limit: int) -> int:
    """Bring a wished number of rows into 1 to 500."""
    return max(1, min(limit, MAX_PAGE))


async def insert(tx: AsyncConnection, table: Table, rows: Iterable[msgspec.Struct]) -> None:
    """Insert structs whose fields are named like the table's columns."""
    values: Sequence[dict[str, Any]] = [msgspec.structs.asdict(row) for row in rows]
    if values:
        await tx.execute(table.insert(), values)
