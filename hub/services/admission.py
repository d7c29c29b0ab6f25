"""Admit devices and customers' links, with a short memory so that a burst of them costs few database reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from heapq import nlargest
from typing import Generic, TypeVar

import msgspec

from hub.clock import Clock
from hub.services.authenticate import DeviceIdentity, OpenLink, authenticate_device, named_device, open_link
from hub.services.open_sockets import OpenSockets
from hub.store import api_keys, devices, links, sessions
from hub.store.database import Database, DatabaseAway

REMEMBER_S = 2.0
"""With the check of open sockets every 2 s, whatever is revoked stops working within 5 s (contract)."""
RETURN_S = 300.0
"""How long after they last came links are looked after in the check of open sockets, so that whoever comes back within
minutes costs no read of the database."""
REMEMBER_LOOKED_AFTER_S = 4.0
"""How long the answer of that check counts; it comes every 2 s."""
RETURN_AT_MOST = 5_000
REMEMBER_AWAY_S = 900.0
"""How long those who were known go on while the database is away; nobody can be revoked in it then either."""
REMEMBER_AT_MOST = 20_000

T = TypeVar("T")


class Admission:
    """Answers who somebody is, and closes the sockets of those who may no longer come in."""

    def __init__(self, database: Database, clock: Clock, monotonic_s: Callable[[], float]) -> None:
        self._database, self._clock = database, clock
        self._devices: _Memory[DeviceIdentity] = _Memory(monotonic_s)
        self._named: _Memory[DeviceIdentity] = _Memory(monotonic_s)
        self._links: _Memory[OpenLink] = _Memory(monotonic_s)
        self.device_sockets, self.link_sockets = OpenSockets(), OpenSockets()
        self.key_sockets, self.session_sockets = OpenSockets(), OpenSockets()

    async def device(self, token: str) -> DeviceIdentity | None:
        """Find the device that may send now with this token; raises `DatabaseAway` for one not seen lately."""
        return self._unexpired(
            await self._devices.get(token, lambda: authenticate_device(self._database, token, self._clock()))
        )

    async def named_device(self, device_id: str) -> DeviceIdentity | None:
        """Find the device of this id that may send now, as `device` does; whoever asks vouches for it."""
        return self._unexpired(
            await self._named.get(device_id, lambda: named_device(self._database, device_id, self._clock()))
        )

    async def link(self, token: str) -> OpenLink | None:
        """Find the link that opens its visit now; raises `DatabaseAway` for one not seen lately."""
        found = await self._links.get(token, lambda: open_link(self._database, token, self._clock()))
        return found if found and self._clock() < found.expires_at else None

    def _unexpired(self, found: DeviceIdentity | None) -> DeviceIdentity | None:
        return found if found and (found.expires_at is None or self._clock() < found.expires_at) else None

    async def close_invalid(self) -> None:
        """Close the sockets of credentials that were revoked, have expired or ended."""
        kinds = (
            (self.device_sockets, devices.still_active),
            (self.link_sockets, links.still_open),
            (self.key_sockets, api_keys.still_active),
            (self.session_sockets, sessions.still_open),
        )
        for sockets, still_valid in kinds:
            if asked := sockets.credentials():
                async with self._database.read() as tx:
                    valid = await still_valid(tx, asked, self._clock())
                sockets.keep_only(valid, asked)
        await self._look_after_links()

    async def _look_after_links(self) -> None:
        """Ask whether the links that were here lately are still valid, so that they need not be found again."""
        lately = {link.link_id: token for token, link in self._links.lately()}
        if lately:
            async with self._database.read() as tx:
                valid = await links.still_open(tx, list(lately), self._clock())
            self._links.confirm({lately[link_id] for link_id in valid}, lately.values())


class _Entry(msgspec.Struct, Generic[T]):
    """Who was found, when that was last true, how long that counts, and when they last came."""

    found: T
    checked_at_s: float
    counts_s: float
    came_at_s: float


class _Memory(Generic[T]):
    """Remembers what was found for a moment; what was not found is looked for again each time."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._entries: dict[str, _Entry[T]] = {}

    async def get(self, token: str, find: Callable[[], Awaitable[T | None]]) -> T | None:
        now_s, entry = self._monotonic_s(), self._entries.get(token)
        if entry is not None and now_s < entry.checked_at_s + entry.counts_s:
            entry.came_at_s = now_s
            return entry.found
        try:
            found = await find()
        except DatabaseAway:
            if entry is not None and now_s < entry.checked_at_s + REMEMBER_AWAY_S:
                return entry.found
            raise
        if found is None:
            self._entries.pop(token, None)
        else:
            if len(self._entries) >= REMEMBER_AT_MOST:
                self._entries.clear()
            self._entries[token] = _Entry(found, now_s, REMEMBER_S, now_s)
        return found

    def lately(self) -> list[tuple[str, T]]:
        """List who came within the last minutes, the newest of them if there are many."""
        since_s = self._monotonic_s() - RETURN_S
        came = [(entry.came_at_s, token) for token, entry in self._entries.items() if entry.came_at_s > since_s]
        if len(came) > RETURN_AT_MOST:
            came = nlargest(RETURN_AT_MOST, came)
        return [(token, self._entries[token].found) for _, token in came]

    def confirm(self, valid: Collection[str], asked: Iterable[str]) -> None:
        """Take the answer to who of those asked about is still valid, and forget the others."""
        now_s = self._monotonic_s()
        for token in asked:
            if (entry := self._entries.get(token)) is None:
                continue
            if token in valid:
                entry.checked_at_s, entry.counts_s = now_s, REMEMBER_LOOKED_AFTER_S
            else:
                del self._entries[token]
