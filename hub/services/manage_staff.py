"""Add staff, give them another password, and let them in no more."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy.exc import IntegrityError

from hub.domain.roles import Role
from hub.services.outcomes import UnknownPortal
from hub.services.passwords import Passwords
from hub.store import portals, sessions, staff
from hub.store.database import Database
from hub.store.ids import new_id


class AddedStaff(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may sign in from now on."""

    id: str
    portal_id: str
    email: str
    role: Role


class EmailTaken(msgspec.Struct, frozen=True):
    """Somebody with this email is there already, disabled or not."""

    email: str


async def add_staff(
    db: Database, passwords: Passwords, portal_id: str, email: str, role: Role, password: str, *, now: datetime
) -> AddedStaff | EmailTaken | UnknownPortal:
    """Add somebody to a portal's staff. `role` is `admin` or `dispatcher`."""
    email = email.strip().lower()
    row = staff.StaffRow(
        id=new_id("sf"),
        portal_id=portal_id,
        email=email,
        name=email.partition("@")[0],
        password_hash=await passwords.hash(password),
        role=role,
        created_at=now,
    )
    try:
        async with db.write() as tx:
            if await portals.get_portal(tx, portal_id) is None:
                return UnknownPortal(portal_id)
            if await staff.find_by_email(tx, email):
                return EmailTaken(email)
            await staff.insert_staff(tx, [row])
    except IntegrityError:  # another process was faster
        return EmailTaken(email)
    return AddedStaff(id=row.id, portal_id=portal_id, email=email, role=role)


async def change_password(db: Database, passwords: Passwords, email: str, password: str, *, now: datetime) -> bool:
    """Give somebody another password, also to who was disabled, and end their sessions; tell whether they exist."""
    password_hash = await passwords.hash(password)
    async with db.write() as tx:
        person = await staff.find_by_email(tx, email.strip().lower())
        if person is None:
            return False
        await staff.set_password_hash(tx, person.id, password_hash)
        await staff.enable(tx, person.id)
        await sessions.end_of_staff(tx, person.id, now)
    return True


async def revoke_staff(db: Database, email: str, *, now: datetime) -> bool:
    """Let somebody sign in no more and end their sessions; tell whether they exist. Again changes nothing."""
    async with db.write() as tx:
        person = await staff.find_by_email(tx, email.strip().lower())
        if person is None:
            return False
        await staff.disable(tx, person.id, now)
        await sessions.end_of_staff(tx, person.id, now)
    return True
