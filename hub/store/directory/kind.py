"""How one kind of the directory is kept: its table, its columns, and the lists that live in rows of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, get_type_hints

import msgspec
from sqlalchemy import JSON, Column, ColumnElement, ForeignKey, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.directory.entry import Entry
from hub.store.tables import account, metadata

Rows = list[tuple[Table, list[dict[str, Any]]]]
"""What is to be inserted, in this order."""


class Part(Protocol):
    """Some fields of an entry that are kept in rows of their own."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the entry's fields."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """Name the tables, those first that refer to the others."""

    @property
    def owner(self) -> str:
        """Name the column that says whose a row is."""

    async def read(self, tx: AsyncConnection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Read the fields of these entries, by id."""

    def rows(self, id_: str, entry: Entry) -> Rows:
        """Write the rows of a new entry."""

    async def replace(self, tx: AsyncConnection, id_: str, entry: Entry) -> None:
        """Have an entry that is there keep these fields now."""

    async def clear(self, tx: AsyncConnection, id_: str) -> None:
        """Delete the rows of an entry."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """One kind of entries."""

    path: str
    """How the API names it."""
    noun: str
    prefix: str
    """Of its ids."""
    table: Table
    entry: type[Entry]
    columns: Mapping[str, str] = field(default_factory=dict)
    """Columns that are named otherwise than their field."""
    groups: Mapping[str, tuple[type[msgspec.Struct], Mapping[str, str]]] = field(default_factory=dict)
    """Fields of several columns: the field's type, and the column of each of its own fields."""
    parts: Sequence[Part] = ()
    fixed: Sequence[str] = ()
    """Fields that are set once."""

    @cached_property
    def plain_fields(self) -> tuple[str, ...]:
        """Name the fields that are one column each."""
        others = {name for part in self.parts for name in part.fields} | set(self.groups)
        return tuple(name for name in self.entry.__struct_fields__ if name not in others)

    @cached_property
    def filters(self) -> tuple[str, ...]:
        """Name the fields by which a list can be narrowed: other names, and other entries."""
        return tuple(name for name in self.plain_fields if name == "external_id" or name in self.columns)

    def column(self, name: str) -> Column[Any]:
        """Find the column of a plain field."""
        found: Column[Any] = self.table.c[self.columns.get(name, name)]
        return found

    @property
    def of_account(self) -> bool:
        """Tell whether an account has it, and the portal only through that."""
        return "account_id" in self.table.c

    def in_portal(self, portal_id: str) -> ColumnElement[bool]:
        """Tell which rows are of a portal."""
        if not self.of_account:
            return self.table.c.portal_id == portal_id
        return self.table.c.account_id.in_(select(account.c.id).where(account.c.portal_id == portal_id))

    def row(self, entry: Entry) -> dict[str, Any]:
        """Write the columns of an entry, without its id and portal."""
        row = {}
        for name in self.plain_fields:
            value, column = getattr(entry, name), self.column(name)
            row[column.name] = msgspec.to_builtins(value) if isinstance(column.type, JSON) else value
        for name, (_, columns) in self.groups.items():
            row |= {column: getattr(getattr(entry, name), inner) for inner, column in columns.items()}
        return row

    def fields_of(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Read the fields that a row keeps. What is stored already is held to no bounds, only structure is made."""
        fields: dict[str, Any] = {}
        for name in self.plain_fields:
            column = self.column(name)
            value = row[column.name]
            fields[name] = msgspec.convert(value, self._hints[name]) if isinstance(column.type, JSON) else value
        for name, (kind, columns) in self.groups.items():
            fields[name] = kind(**{inner: row[column] for inner, column in columns.items()})
        return fields

    @cached_property
    def references(self) -> tuple[ForeignKey, ...]:
        """Find what in other tables can refer to an entry and would keep it from being deleted."""
        own = {(table, part.owner) for part in self.parts for table in part.tables}
        return tuple(
            key
            for table in metadata.sorted_tables
            for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
            if key.column.table is self.table and key.ondelete is None and (table, key.parent.name) not in own
        )

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.entry, include_extras=True)
