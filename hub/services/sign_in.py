"""Sign staff in with email and password, and tell who is signed in with a browser."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from hub.clock import Clock
from hub.domain.tokens import token_hash
from hub.services.passwords import Passwords, TooBusy
from hub.services.throttle import Throttle
from hub.store import sessions, staff
from hub.store.database import Database
from hub.store.ids import new_id
from hub.store.sessions import StaffSession, TechnicianSession

STAFF_STAY = timedelta(hours=12)
"""A working day."""
TRIES_AT_ONCE, TRIES_PER_S = 5, 1 / 12
"""For one email: enough for typing errors; a guesser gets 7,200 tries a day."""
ADDRESS_TRIES_AT_ONCE, ADDRESS_TRIES_PER_S = 30, 1 / 2
"""For one address, behind which a whole office may sit."""
BUSY_WAIT_S = 5.0
_TOKEN_BYTES = 24


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A new session; `token` is told only now."""

    token: str
    expires_at: datetime
    staff_id: str


class WrongPassword(msgspec.Struct, frozen=True):
    """Nobody has this email and password; which of them is wrong is told to nobody."""


class TooManyTries(msgspec.Struct, frozen=True):
    """This email or address has to wait."""

    wait_s: float


def session_token() -> str:
    """Make a session's token: 192 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


class SignIn:
    """Knows who is signed in; sessions live in the database, so that every process knows them."""

    def __init__(
        self, database: Database, passwords: Passwords, clock: Clock, monotonic_s: Callable[[], float]
    ) -> None:
        self._database, self._passwords, self._clock = database, passwords, clock
        self._emails = Throttle(TRIES_PER_S, TRIES_AT_ONCE, monotonic_s)
        self._addresses = Throttle(ADDRESS_TRIES_PER_S, ADDRESS_TRIES_AT_ONCE, monotonic_s)

    async def with_password(self, email: str, password: str, address: str) -> SignedIn | WrongPassword | TooManyTries:
        """Begin a session of the member of staff with this email and password; `address` is the client's."""
        email = email.strip().lower()
        names = ((self._emails, email), (self._addresses, address))
        wait_s = max(throttle.wait_s(name) for throttle, name in names)
        if wait_s > 0:
            return TooManyTries(wait_s)
        for throttle, name in names:
            throttle.count(name)
        try:
            person = await self._find(email, password)
        except TooBusy:
            return TooManyTries(BUSY_WAIT_S)
        if person is None:
            return WrongPassword()
        for throttle, name in names:
            throttle.forgive(name)
        return await self._begin(person, password)

    async def end(self, token: str) -> None:
        """End a session; an unknown one is none."""
        async with self._database.write() as tx:
            await sessions.end(tx, token_hash(token), self._clock())

    async def staff_of(self, token: str) -> StaffSession | None:
        """Tell which member of staff is signed in with this token."""
        async with self._database.read() as tx:
            return await sessions.find_staff(tx, token_hash(token), self._clock())

    async def technician_of(self, token: str) -> TechnicianSession | None:
        """Tell which technician's phone this token is of."""
        async with self._database.read() as tx:
            return await sessions.find_technician(tx, token_hash(token), self._clock())

    async def _find(self, email: str, password: str) -> staff.StaffRow | None:
        person = None
        if "\x00" not in email:  # no email holds one, and PostgreSQL refuses to look for it
            async with self._database.read() as tx:
                person = await staff.find_by_email(tx, email)
        known = person if person and person.disabled_at is None else None
        matches = await self._passwords.matches(known.password_hash if known else None, password)
        return known if matches else None

    async def _begin(self, person: staff.StaffRow, password: str) -> SignedIn:
        outdated = self._passwords.outdated(person.password_hash)
        renewed = await self._passwords.hash(password) if outdated else None
        token, now = session_token(), self._clock()
        row = sessions.SessionRow(
            id=new_id("se"),
            token_hash=token_hash(token),
            staff_id=person.id,
            created_at=now,
            expires_at=now + STAFF_STAY,
        )
        async with self._database.write() as tx:
            await sessions.insert_sessions(tx, [row])
            if renewed:
                await staff.set_password_hash(tx, person.id, renewed)
        return SignedIn(token=token, expires_at=row.expires_at, staff_id=person.id)
