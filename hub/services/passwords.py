"""Hash and check passwords with Argon2, which is meant to be slow, beside the event loop."""

from __future__ import annotations

import asyncio
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each check takes some 64 MiB and 0.1 s of a core: the rest waits, so that pings and maps do not."""
MOST_WAITING = 20
"""More than these would wait for seconds: better to say so at once."""
LONGEST = 1_024
"""Characters; nobody types more, and longer ones cost time for nothing."""


class TooBusy(Exception):
    """So many passwords wait to be checked that another one is not taken."""


class Passwords:
    """Checks a few at a time. Its parameters are argon2-cffi's own: RFC 9106, "low memory"."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take another hasher, for tests that need many hashes."""
        self._hasher = hasher or PasswordHasher()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """Hash a password, with a salt of its own."""
        async with self._free:
            return await asyncio.to_thread(self._hasher.hash, _encoded(password))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Check a password; without a hash it takes as long, and nothing matches. Raises `TooBusy`."""
        if self._waiting >= MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._free:
                return await asyncio.to_thread(self._verify, password_hash, password)
        finally:
            self._waiting -= 1

    def outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("nobody's password")

    def _verify(self, password_hash: str | None, password: str) -> bool:
        try:
            self._hasher.verify(password_hash or self._nobodys, _encoded(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None and len(password) <= LONGEST


def _encoded(password: str) -> bytes:
    return password[:LONGEST].encode("utf-8", "surrogatepass")
