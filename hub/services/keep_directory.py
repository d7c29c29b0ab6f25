"""Keep the directory: make, change and delete entries of every kind, each checked against the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.directory.entry import Entry
from hub.domain.misfit import Misfit
from hub.services.check_entry import check_entry, completed
from hub.services.geocode import Geocode
from hub.store import stored_answers
from hub.store.database import Database
from hub.store.directory import entries
from hub.store.directory.entries import Stored
from hub.store.directory.kind import Kind
from hub.store.ids import new_id


class Misfits(msgspec.Struct, frozen=True):
    """What was sent does not fit: each fault."""

    faults: list[Misfit]


class Conflict(msgspec.Struct, frozen=True):
    """What is there already does not allow it."""

    reason: str


class KeepDirectory:
    """Writes the directory."""

    def __init__(self, database: Database, geocode: Geocode) -> None:
        self._database, self._geocode = database, geocode

    async def make(self, kind: Kind, portal_id: str, entry: Entry, claim: bytes | None) -> str | Misfits | Conflict:
        """Make an entry and give its id; `claim` is the key of the request that makes it."""
        placed = await self._geocode.placed(entry)
        if isinstance(placed, Misfit):
            return Misfits([placed])
        try:
            async with self._database.write() as tx:
                whole = await completed(tx, portal_id, placed)
                refused = await _refused(tx, kind, portal_id, whole, None)
                if refused is not None:
                    return refused
                made = Stored(new_id(kind.prefix), whole)
                await entries.insert(tx, kind, portal_id, [made])
                if claim is not None:
                    await stored_answers.refer(tx, claim, made.id)
        except IntegrityError:
            return Conflict("Something that it names was changed at the same moment.")
        return made.id

    async def change(
        self, kind: Kind, portal_id: str, id_: str, changes: Mapping[str, Any]
    ) -> bool | Misfits | Conflict:
        """Change some fields of an entry; False where there is none of this id."""
        async with self._database.read() as tx:
            before = await entries.get(tx, kind, portal_id, id_)
        if before is None:
            return False
        placed = await self._geocode.placed(msgspec.structs.replace(before.entry, **changes))
        if isinstance(placed, Misfit):
            return Misfits([placed])
        found = {name: getattr(placed, name) for name in ("lat", "lon") if name in changes}
        try:
            async with self._database.write() as tx:
                return await _change(tx, kind, portal_id, id_, {**changes, **found})
        except IntegrityError:
            return Conflict("Something that it names was changed at the same moment.")

    async def remove(self, kind: Kind, portal_id: str, id_: str) -> Conflict | bool:
        """Delete an entry; False where there is none of this id, a conflict where something refers to it."""
        try:
            async with self._database.write() as tx:
                if await entries.get(tx, kind, portal_id, id_, lock=True) is None:
                    return False
                if referring := await entries.referring(tx, kind, id_):
                    return Conflict(_in_use(kind, referring))
                await entries.remove(tx, kind, id_)
        except IntegrityError:
            return Conflict(_in_use(kind, ["something new"]))
        return True


async def _change(
    tx: AsyncConnection, kind: Kind, portal_id: str, id_: str, changes: Mapping[str, Any]
) -> bool | Misfits | Conflict:
    before = await entries.get(tx, kind, portal_id, id_, lock=True)
    if before is None:
        return False
    moved = [name for name in kind.fixed if name in changes and changes[name] != getattr(before.entry, name)]
    if moved:
        return Misfits([Misfit(f"$.{name}", "cannot change") for name in moved])
    after = await completed(tx, portal_id, msgspec.structs.replace(before.entry, **changes))
    refused = await _refused(tx, kind, portal_id, after, before)
    if refused is not None:
        return refused
    await entries.change(tx, kind, before, after)
    return True


async def _refused(
    tx: AsyncConnection, kind: Kind, portal_id: str, entry: Entry, before: Stored | None
) -> Misfits | Conflict | None:
    if faults := await check_entry(tx, portal_id, entry, before):
        return Misfits(faults)
    if entry.external_id is not None and (before is None or before.entry.external_id != entry.external_id):
        narrowed = {"external_id": entry.external_id}
        if others := await entries.page(tx, kind, portal_id, narrowed=narrowed, limit=1):
            return Conflict(f"The external_id is that of {others[0].id} already.")
    return None


def _in_use(kind: Kind, tables: Iterable[str]) -> str:
    what = ", ".join(name.replace("_", " ") for name in tables)
    instead = " Set `active` to false instead." if "active" in kind.plain_fields else ""
    return f"This {kind.noun} is still in use ({what}).{instead}"
