"""Let visitors of the demo in: as a technician by an enrolment link, and as staff with a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.demo.anchor import Anchor
from hub.domain.enrolment import VALID_FOR
from hub.domain.roles import Role
from hub.domain.tokens import demo_password, enrolment_token, token_hash
from hub.services.passwords import Passwords
from hub.services.show_demo import STAFF_EMAIL
from hub.store import enrolments, staff
from hub.store.database import Database
from hub.store.ids import new_id

LINK_LASTS = timedelta(days=30)
RENEWED_BEFORE = VALID_FOR
"""So the demo's own link always lasts longer than those that visitors make on the staff page."""


async def ensure_access(database: Database, secret: bytes, portal_id: str, anchor: Anchor, now: datetime) -> None:
    """Have an enrolment link of the first technician who can be booked, and a member of staff, both named openly."""
    await _ensure_enrolment(database, secret, anchor.bookable[0], now)
    await _ensure_staff(database, secret, portal_id, now)


async def _ensure_enrolment(database: Database, secret: bytes, resource_id: str, now: datetime) -> None:
    async with database.write() as tx:
        found = await enrolments.longest_of_demo(tx, now + RENEWED_BEFORE)
        if found and found.token_hash == token_hash(enrolment_token(secret, found.id)):
            return
        enrolment_id = new_id("en")
        row = enrolments.EnrolmentRow(
            id=enrolment_id,
            resource_id=resource_id,
            token_hash=token_hash(enrolment_token(secret, enrolment_id)),
            created_at=now,
            expires_at=now + LINK_LASTS,
        )
        await enrolments.insert_enrolments(tx, [row])


async def _ensure_staff(database: Database, secret: bytes, portal_id: str, now: datetime) -> None:
    """Have the member of staff; after a change of the secret their password changes with it."""
    passwords = Passwords()
    async with database.read() as tx:
        known = await staff.find_by_email(tx, STAFF_EMAIL)
    staff_id = known.id if known else new_id("sf")
    password = demo_password(secret, staff_id)
    if known and await passwords.matches(known.password_hash, password):
        return
    password_hash = await passwords.hash(password)
    async with database.write() as tx:
        if known:
            await staff.set_password_hash(tx, staff_id, password_hash)
        elif await staff.find_by_email(tx, STAFF_EMAIL) is None:  # else another process was faster
            row = staff.StaffRow(
                id=staff_id,
                portal_id=portal_id,
                email=STAFF_EMAIL,
                name="Demo",
                password_hash=password_hash,
                role=Role.DISPATCHER,
                created_at=now,
            )
            await staff.insert_staff(tx, [row])
