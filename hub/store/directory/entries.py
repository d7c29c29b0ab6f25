"""Read and write entries of the directory, of whatever kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.directory.entry import Entry
from hub.store.directory.kind import Kind
from hub.store.directory.kinds import ASSETS
from hub.store.directory.parts import insert_rows
from hub.store.rows import page_size
from hub.store.tables import work_order


class Stored(msgspec.Struct, frozen=True):
    """An entry with its id."""

    id: str
    entry: Any
    """An `Entry` of the kind that was asked for."""


async def page(
    tx: AsyncConnection,
    kind: Kind,
    portal_id: str,
    *,
    narrowed: Mapping[str, str] | None = None,
    after: str | None = None,
    limit: int = 500,
) -> list[Stored]:
    """List up to `limit` entries (at most 500) of a portal by id, those after the id `after`.

    `narrowed` tells what some of the kind's `filters` must be.
    """
    query = select(kind.table).where(kind.in_portal(portal_id))
    for name, value in (narrowed or {}).items():
        query = query.where(kind.column(name) == value)
    if after is not None:
        query = query.where(kind.table.c.id > after)
    return await _read(tx, kind, query.order_by(kind.table.c.id).limit(page_size(limit)))


async def get(tx: AsyncConnection, kind: Kind, portal_id: str, id_: str, *, lock: bool = False) -> Stored | None:
    """Read one entry of a portal; `lock` keeps others from changing it until the transaction ends."""
    query = select(kind.table).where(kind.table.c.id == id_, kind.in_portal(portal_id))
    found = await _read(tx, kind, query.with_for_update() if lock else query)
    return found[0] if found else None


async def get_some(tx: AsyncConnection, kind: Kind, portal_id: str, ids: Collection[str]) -> list[Stored]:
    """Read those of these entries that are a portal's."""
    return await _read(tx, kind, select(kind.table).where(kind.table.c.id.in_(ids), kind.in_portal(portal_id)))


async def known(tx: AsyncConnection, kind: Kind, portal_id: str, ids: Collection[str]) -> set[str]:
    """Tell which of these ids are of entries of a portal."""
    query = select(kind.table.c.id).where(kind.in_portal(portal_id), kind.table.c.id.in_(set(ids)))
    return set((await tx.execute(query)).scalars())


async def names(tx: AsyncConnection, kind: Kind, portal_id: str) -> list[tuple[str, str | None]]:
    """Read how all entries of a portal are called: id, and what other systems call it."""
    of = kind.table.c
    query = select(of.id, of.external_id).where(kind.in_portal(portal_id)).order_by(of.id)
    return [(row.id, row.external_id) for row in await tx.execute(query)]


async def insert(tx: AsyncConnection, kind: Kind, portal_id: str, made: Iterable[Stored]) -> None:
    """Insert entries with all that belongs to them; raises `IntegrityError`."""
    new = list(made)
    portals = {} if kind.of_account else {"portal_id": portal_id}
    await insert_rows(tx, [(kind.table, [{"id": one.id, **portals, **kind.row(one.entry)} for one in new])])
    for part in kind.parts:
        by_entry = [part.rows(one.id, one.entry) for one in new]
        for same in zip(*by_entry, strict=True):  # all rows of one table at once
            await insert_rows(tx, [(same[0][0], [row for _, rows in same for row in rows])])


async def change(tx: AsyncConnection, kind: Kind, before: Stored, after: Entry) -> None:
    """Write what has changed of an entry that this transaction has locked; raises `IntegrityError`."""
    row, old = kind.row(after), kind.row(before.entry)
    changed = {name: value for name, value in row.items() if value != old[name]}
    if changed:
        await tx.execute(update(kind.table).where(kind.table.c.id == before.id).values(changed))
    for part in kind.parts:
        if any(getattr(after, name) != getattr(before.entry, name) for name in part.fields):
            await part.replace(tx, before.id, after)


async def remove(tx: AsyncConnection, kind: Kind, id_: str) -> None:
    """Delete an entry with its parts; raises `IntegrityError` where something refers to it."""
    for part in kind.parts:
        await part.clear(tx, id_)
    await tx.execute(delete(kind.table).where(kind.table.c.id == id_))


async def referring(tx: AsyncConnection, kind: Kind, id_: str) -> list[str]:
    """Name the tables whose rows refer to an entry, apart from its own parts."""
    columns = [key.parent for key in kind.references]
    if kind is ASSETS:
        columns.append(work_order.c.asset_id)  # which no constraint can name
    if not columns:
        return []
    found = (await tx.execute(select(*(exists().where(column == id_) for column in columns)))).one()
    return sorted({column.table.name for column, refers in zip(columns, found, strict=True) if refers})


async def _read(tx: AsyncConnection, kind: Kind, query: Select[Any]) -> list[Stored]:
    rows: Sequence[Mapping[str, Any]] = (await tx.execute(query)).mappings().all()
    ids = [row["id"] for row in rows]
    parts = [await part.read(tx, ids) for part in kind.parts] if ids else []
    return [Stored(row["id"], _entry(kind, row, parts)) for row in rows]


def _entry(kind: Kind, row: Mapping[str, Any], parts: Sequence[Mapping[str, Mapping[str, Any]]]) -> Entry:
    fields = kind.fields_of(row)
    for part in parts:
        fields |= part[row["id"]]
    return kind.entry(**fields)
