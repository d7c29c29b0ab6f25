"""Staff sign in, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from hub.domain.roles import Role
from hub.domain.tokens import token_hash
from hub.services.manage_staff import AddedStaff, EmailTaken, add_staff, change_password, revoke_staff
from hub.services.outcomes import UnknownPortal
from hub.services.passwords import Passwords
from hub.services.sign_in import STAFF_STAY, TRIES_AT_ONCE, SignedIn, SignIn, TooManyTries, WrongPassword
from hub.store import sessions, staff
from hub.store.database import Database
from tests.builders import NOW, build_directory

EMAIL, PASSWORD, OTHER = "aino@example.org", "a long enough password", "another password"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ADDRESS = "192.0.2.1"


class Desk:
    """A portal's sign-in with a clock that the test turns."""

    def __init__(self, db: Database, hasher: PasswordHasher = QUICK) -> None:
        self.db, self.now, self.now_s = db, NOW, 0.0
        self.passwords = Passwords(hasher)
        self.sign_in = SignIn(db, self.passwords, lambda: self.now, lambda: self.now_s)

    async def add(self, email: str = EMAIL) -> AddedStaff | EmailTaken | UnknownPortal:
        """Add somebody to a new portal."""
        async with self.db.write() as tx:
            directory = await build_directory(tx)
        return await add_staff(
            self.db, self.passwords, directory.portal_id, email, Role.DISPATCHER, PASSWORD, now=self.now
        )


@pytest.fixture
def desk(db: Database) -> Desk:
    """Give a sign-in with cheap hashes."""
    return Desk(db)


async def test_a_session_tells_who_it_is_until_it_expires(desk: Desk) -> None:
    added = await desk.add()
    assert isinstance(added, AddedStaff)
    outcome = await desk.sign_in.with_password(f" {EMAIL.title()}", PASSWORD, ADDRESS)
    assert isinstance(outcome, SignedIn)
    desk.now = NOW + STAFF_STAY - timedelta(seconds=1)
    found = await desk.sign_in.staff_of(outcome.token)
    assert found is not None
    assert (found.staff_id, found.portal_id, found.role) == (added.id, added.portal_id, Role.DISPATCHER)
    assert await desk.sign_in.technician_of(outcome.token) is None
    desk.now += timedelta(seconds=1)
    assert await desk.sign_in.staff_of(outcome.token) is None


async def test_only_the_hash_of_a_token_is_kept(desk: Desk) -> None:
    await desk.add()
    outcome = await desk.sign_in.with_password(EMAIL, PASSWORD, ADDRESS)
    assert isinstance(outcome, SignedIn)
    async with desk.db.read() as tx:
        assert await sessions.find_staff(tx, token_hash(outcome.token), NOW)
        assert await sessions.find_staff(tx, outcome.token.encode(), NOW) is None


async def test_a_session_that_was_ended_is_over(desk: Desk) -> None:
    await desk.add()
    outcome = await desk.sign_in.with_password(EMAIL, PASSWORD, ADDRESS)
    assert isinstance(outcome, SignedIn)
    await desk.sign_in.end(outcome.token)
    await desk.sign_in.end("nobody's")
    assert await desk.sign_in.staff_of(outcome.token) is None


async def test_wrong_is_wrong_whoever_it_is(desk: Desk) -> None:
    await desk.add()
    for email, password in ((EMAIL, OTHER), ("nobody@example.org", PASSWORD), ("\x00", PASSWORD), (EMAIL, "")):
        assert await desk.sign_in.with_password(email, password, ADDRESS) == WrongPassword()


async def test_an_email_is_slowed_down_from_whatever_address(desk: Desk) -> None:
    await desk.add()
    for number in range(TRIES_AT_ONCE):
        assert await desk.sign_in.with_password(EMAIL, OTHER, f"192.0.2.{number}") == WrongPassword()
    assert isinstance(await desk.sign_in.with_password(EMAIL, PASSWORD, "192.0.2.99"), TooManyTries)
    desk.now_s += 12.1
    assert isinstance(await desk.sign_in.with_password(EMAIL, PASSWORD, "192.0.2.99"), SignedIn)


async def test_an_address_is_slowed_down_whomever_it_tries(desk: Desk) -> None:
    outcomes = [await desk.sign_in.with_password(f"{number}@example.org", OTHER, ADDRESS) for number in range(31)]
    assert outcomes[:30] == [WrongPassword()] * 30
    assert isinstance(outcomes[30], TooManyTries)


async def test_who_signs_in_properly_is_never_slowed_down(desk: Desk) -> None:
    await desk.add()
    for _ in range(2 * TRIES_AT_ONCE):
        assert isinstance(await desk.sign_in.with_password(EMAIL, PASSWORD, ADDRESS), SignedIn)


async def test_disabled_staff_lose_their_sessions_and_come_in_no_more(desk: Desk) -> None:
    await desk.add()
    outcome = await desk.sign_in.with_password(EMAIL, PASSWORD, ADDRESS)
    assert isinstance(outcome, SignedIn)
    assert await revoke_staff(desk.db, EMAIL, now=NOW)
    assert await desk.sign_in.staff_of(outcome.token) is None
    assert await desk.sign_in.with_password(EMAIL, PASSWORD, ADDRESS) == WrongPassword()
    assert not await revoke_staff(desk.db, "nobody@example.org", now=NOW)


async def test_another_password_ends_the_sessions_of_the_old_one(desk: Desk) -> None:
    await desk.add()
    outcome = await desk.sign_in.with_password(EMAIL, PASSWORD, ADDRESS)
    assert isinstance(outcome, SignedIn)
    await revoke_staff(desk.db, EMAIL, now=NOW)
    assert await change_password(desk.db, desk.passwords, EMAIL.upper(), OTHER, now=NOW)
    assert await desk.sign_in.staff_of(outcome.token) is None
    assert await desk.sign_in.with_password(EMAIL, PASSWORD, ADDRESS) == WrongPassword()
    assert isinstance(await desk.sign_in.with_password(EMAIL, OTHER, ADDRESS), SignedIn)
    assert not await change_password(desk.db, desk.passwords, "nobody@example.org", OTHER, now=NOW)


async def test_an_email_is_there_once(desk: Desk) -> None:
    await desk.add()
    assert await desk.add(EMAIL.upper()) == EmailTaken(EMAIL)
    outcomes = await asyncio.gather(desk.add("new@example.org"), desk.add("new@example.org"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AddedStaff", "EmailTaken"]


async def test_a_portal_must_be_there(desk: Desk) -> None:
    outcome = await add_staff(desk.db, desk.passwords, "po_none", EMAIL, Role.ADMIN, PASSWORD, now=NOW)
    assert outcome == UnknownPortal("po_none")


async def test_a_hash_of_old_parameters_is_renewed_at_the_next_sign_in(db: Database) -> None:
    await Desk(db).add()
    today = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    async with db.read() as tx:
        before = await staff.find_by_email(tx, EMAIL)
    assert isinstance(await Desk(db, today).sign_in.with_password(EMAIL, PASSWORD, ADDRESS), SignedIn)
    async with db.read() as tx:
        after = await staff.find_by_email(tx, EMAIL)
    assert before is not None
    assert after is not None
    assert before.password_hash != after.password_hash
    assert not today.check_needs_rehash(after.password_hash)
    assert isinstance(await Desk(db, today).sign_in.with_password(EMAIL, PASSWORD, ADDRESS), SignedIn)
