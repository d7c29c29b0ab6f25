"""Staff: who signs in with an email and a password."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.roles import Role
from hub.store import rows
from hub.store.tables import staff


class StaffRow(msgspec.Struct, frozen=True, kw_only=True):
    """A member of staff as stored."""

    id: str
    portal_id: str
    email: str
    """In lower case."""
    name: str
    password_hash: str
    """Argon2's own form, with its parameters."""
    role: Role
    """`admin` or `dispatcher`."""
    created_at: datetime
    disabled_at: datetime | None = None


async def insert_staff(tx: AsyncConnection, people: Iterable[StaffRow]) -> None:
    """Insert staff; an email that is known raises IntegrityError."""
    await rows.insert(tx, staff, people)


async def find_by_email(tx: AsyncConnection, email: str) -> StaffRow | None:
    """Find the member of staff with this email in lower case, disabled ones too."""
    return await rows.find(tx, StaffRow, select(staff).where(staff.c.email == email))


async def set_password_hash(tx: AsyncConnection, staff_id: str, password_hash: str) -> None:
    """Remember another password, or the same one hashed with other parameters."""
    await tx.execute(update(staff).where(staff.c.id == staff_id).values(password_hash=password_hash))


async def disable(tx: AsyncConnection, staff_id: str, now: datetime) -> None:
    """Let somebody sign in no more; the first time stays."""
    change = update(staff).where(staff.c.id == staff_id).values(disabled_at=func.coalesce(staff.c.disabled_at, now))
    await tx.execute(change)


async def enable(tx: AsyncConnection, staff_id: str) -> None:
    """Let somebody who was disabled sign in again."""
    await tx.execute(update(staff).where(staff.c.id == staff_id).values(disabled_at=None))
