"""Preferences: whom an account would rather have, whom never, and whom alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import preference


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """What an account says of a resource."""

    account_id: str
    resource_id: str
    kind: Literal["preferred", "restricted", "must"]


async def insert_preferences(tx: AsyncConnection, preferences: Iterable[Preference]) -> None:
    """Insert preferences."""
    await rows.insert(tx, preference, preferences)


async def of_account(tx: AsyncConnection, account_id: str) -> list[Preference]:
    """Read an account's preferences, by resource."""
    query = select(preference).where(preference.c.account_id == account_id)
    return await rows.find_all(tx, Preference, query.order_by(preference.c.resource_id))
