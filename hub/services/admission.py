"""Admit devices and customers' links, with a short memory so that a burst of them costs few database reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from hub.clock import Clock
from hub.services.authenticate import DeviceIdentity, OpenLink, authenticate_device, named_device, open_link
from hub.services.open_sockets import OpenSockets
from hub.store import api_keys, devices, links, sessions
from hub.store.database import Database, DatabaseAway

REMEMBER_S = 2.0
"""With the check of open sockets every 2 s, whatever is revoked stops working within 5 s (contract)."""
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


class _Memory(Generic[T]):
    """Remembers what was found for a moment; what was not found is looked for again each time."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._found: dict[str, tuple[float, T]] = {}

    async def get(self, token: str, find: Callable[[], Awaitable[T | None]]) -> T | None:
        now_s = self._monotonic_s()
        remembered_at_s, remembered = self._found.get(token, (-REMEMBER_AWAY_S, None))
        if remembered is not None and now_s < remembered_at_s + REMEMBER_S:
            return remembered
        try:
            found = await find()
        except DatabaseAway:
            if remembered is not None and now_s < remembered_at_s + REMEMBER_AWAY_S:
                return remembered
            raise
        if found is None:
            self._found.pop(token, None)
        else:
            if len(self._found) >= REMEMBER_AT_MOST:
                self._found.clear()
            self._found[token] = (now_s, found)
        return found
