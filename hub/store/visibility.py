"""What each portal shows its customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from hub.domain.visibility import Rules
from hub.store.tables import portal

_COLUMNS = {
    "exact_within_m": portal.c.exact_within_m,
    "exact_within_min": portal.c.exact_within_min,
    "name": portal.c.shows_name,
    "photo": portal.c.shows_photo,
    "phone": portal.c.shows_phone,
    "closes_after_min": portal.c.closes_after_min,
}


def rule_columns() -> Sequence[ColumnElement[Any]]:
    """Name the columns that `rules_of` reads, for a query that joins the portal."""
    return list(_COLUMNS.values())


def rules_of(row: Row[Any]) -> Rules:
    """Read the rules from a row with `rule_columns`."""
    return Rules(**{name: row._mapping[column.name] for name, column in _COLUMNS.items()})


async def get_rules(tx: AsyncConnection, portal_id: str) -> Rules | None:
    """Read a portal's rules, None where there is no such portal."""
    row = (await tx.execute(select(*_COLUMNS.values()).where(portal.c.id == portal_id))).one_or_none()
    return None if row is None else rules_of(row)


async def set_rules(tx: AsyncConnection, portal_id: str, rules: Rules) -> None:
    """Write a portal's rules."""
    values = {column: getattr(rules, name) for name, column in _COLUMNS.items()}
    await tx.execute(update(portal).where(portal.c.id == portal_id).values(values))
