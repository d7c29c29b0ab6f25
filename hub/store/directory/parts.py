"""Fields of directory entries that are lists, each item a row of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.directory.catalogue import Requirement, Role, ServiceType
from hub.domain.directory.entry import Entry
from hub.store.directory.kind import Rows
from hub.store.ids import new_id
from hub.store.tables import requirement, service_role


@dataclass(frozen=True, kw_only=True)
class ListPart:
    """A list whose items are structs, or ids alone."""

    name: str
    table: Table
    owner: str
    """The column that says whose it is."""
    columns: Mapping[str, str]
    """The column of each field of an item; of a list of ids the one column by any name."""
    item: type[msgspec.Struct] | None = None
    id_prefix: str | None = None
    """Of the rows' own ids, where they have some."""
    order: Sequence[str] = field(default_factory=tuple)

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the entry's field."""
        return (self.name,)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Name the table."""
        return (self.table,)

    async def read(self, tx: AsyncConnection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read the lists of these entries."""
        owner = self.table.c[self.owner]
        order = [self.table.c[name] for name in (*self.order, *self.columns.values())]
        found: dict[str, list[Any]] = {id_: [] for id_ in ids}
        for row in (await tx.execute(select(self.table).where(owner.in_(ids)).order_by(*order))).mappings():
            values = {inner: row[column] for inner, column in self.columns.items()}
            found[row[self.owner]].append(self.item(**values) if self.item else next(iter(values.values())))
        return {id_: {self.name: tuple(items)} for id_, items in found.items()}

    def rows(self, id_: str, entry: Entry) -> Rows:
        """Write a row for each item."""
        return [(self.table, [self._row(id_, item) for item in getattr(entry, self.name)])]

    async def replace(self, tx: AsyncConnection, id_: str, entry: Entry) -> None:
        """Write all rows anew."""
        await self.clear(tx, id_)
        await insert_rows(tx, self.rows(id_, entry))

    async def clear(self, tx: AsyncConnection, id_: str) -> None:
        """Delete the rows of an entry."""
        await tx.execute(delete(self.table).where(self.table.c[self.owner] == id_))

    def _row(self, id_: str, item: Any) -> dict[str, Any]:
        row = {column: getattr(item, inner) if self.item else item for inner, column in self.columns.items()}
        return row | {self.owner: id_} | ({"id": new_id(self.id_prefix)} if self.id_prefix else {})


class RolesPart:
    """The roles of a service type and all requirements, those for everybody and those of one role."""

    fields = ("roles", "requirements")
    tables = (requirement, service_role)
    owner = "service_type_id"

    async def read(self, tx: AsyncConnection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read roles in their order, each with what it requires."""
        needs: dict[tuple[str, str | None], list[Requirement]] = {}
        of = requirement.c
        query = select(requirement).where(of.service_type_id.in_(ids)).order_by(of.characteristic_id)
        for row in await tx.execute(query):
            need = Requirement(characteristic=row.characteristic_id, min_rating=row.min_rating)
            needs.setdefault((row.service_type_id, row.role_id), []).append(need)
        found: dict[str, list[Role]] = {id_: [] for id_ in ids}
        for row in await self._roles(tx, ids):
            own = tuple(needs.get((row.service_type_id, row.id), ()))
            found[row.service_type_id].append(Role(name=row.name, kind=row.kind, requirements=own))
        return {
            id_: {"roles": tuple(roles), "requirements": tuple(needs.get((id_, None), ()))}
            for id_, roles in found.items()
        }

    def rows(self, id_: str, entry: Entry) -> Rows:
        """Write the rows of a new service type."""
        return self._rows(id_, entry, {})

    async def replace(self, tx: AsyncConnection, id_: str, entry: Entry) -> None:
        """Keep roles whose names stay: bookings refer to them."""
        known = {row.name: row.id for row in await self._roles(tx, [id_])}
        [(_, roles), (_, needs)] = self._rows(id_, entry, known)
        kept = [role for role in roles if role["id"] in known.values()]
        await tx.execute(delete(requirement).where(requirement.c.service_type_id == id_))
        gone = set(known.values()).difference(role["id"] for role in kept)
        await tx.execute(delete(service_role).where(service_role.c.id.in_(gone)))
        for role in kept:
            await tx.execute(update(service_role).where(service_role.c.id == role["id"]).values(role))
        await insert_rows(tx, [(service_role, [role for role in roles if role not in kept]), (requirement, needs)])

    async def clear(self, tx: AsyncConnection, id_: str) -> None:
        """Delete roles and requirements of a service type."""
        for table in self.tables:
            await tx.execute(delete(table).where(table.c.service_type_id == id_))

    def _rows(self, id_: str, entry: Entry, known: Mapping[str, str]) -> Rows:
        assert isinstance(entry, ServiceType)  # noqa: S101 - of no other kind
        ids = [known.get(role.name) or new_id("sr") for role in entry.roles]
        roles = [
            {"id": role_id, "service_type_id": id_, "name": role.name, "position": position, "kind": role.kind}
            for position, (role_id, role) in enumerate(zip(ids, entry.roles, strict=True))
        ]
        pairs = [(None, entry.requirements), *((ids[at], role.requirements) for at, role in enumerate(entry.roles))]
        needs = [
            {
                "id": new_id("rq"),
                "service_type_id": id_,
                "role_id": role_id,
                "characteristic_id": need.characteristic,
                "min_rating": need.min_rating,
            }
            for role_id, requirements in pairs
            for need in requirements
        ]
        return [(service_role, roles), (requirement, needs)]

    async def _roles(self, tx: AsyncConnection, ids: Sequence[str]) -> Sequence[Any]:
        of = service_role.c
        query = select(service_role).where(of.service_type_id.in_(ids)).order_by(of.position, of.id)
        return (await tx.execute(query)).all()


async def insert_rows(tx: AsyncConnection, rows: Rows) -> None:
    """Insert rows, table by table."""
    for table, values in rows:
        if values:
            await tx.execute(table.insert(), values)
