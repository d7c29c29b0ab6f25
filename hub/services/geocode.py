"""Find where an address is: what is known already, else by the geocoder, which is asked politely."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta

import msgspec

from hub.clock import Clock
from hub.domain.directory.customers import Location
from hub.domain.directory.entry import Entry
from hub.domain.geodesy import Point
from hub.domain.misfit import Misfit
from hub.store import geocoded, leases
from hub.store.database import Database
from hub.store.geocoders.port import Geocoder, NoPlace

KNOWN_FOR = timedelta(days=30)
"""Streets do not move, and Nominatim's rules ask to keep answers."""
TURN = timedelta(seconds=1)
"""Between two questions, over all processes: what public Nominatim servers allow."""
PATIENCE_S = 8.0
"""How long somebody waits for their turn."""
LOOK_EVERY_S = 0.1
_LEASE = "geocoder"


class Geocode:
    """Finds addresses; without a geocoder none."""

    def __init__(
        self,
        database: Database,
        geocoder: Geocoder | None,
        clock: Clock,
        *,
        turn: timedelta = TURN,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._database, self._geocoder, self._clock = database, geocoder, clock
        self._turn, self._patience_s = turn, patience_s

    async def placed(self, entry: Entry) -> Entry | Misfit:
        """Give a location its position where it has none; every other entry stays as it is."""
        if not isinstance(entry, Location) or entry.lat is not None or entry.lon is not None:
            return entry
        if self._geocoder is None:
            return Misfit("$.lat", "an address needs a position: no geocoder is set up")
        found = await self.find(entry.address)
        if isinstance(found, Point):
            return msgspec.structs.replace(entry, lat=found.lat, lon=found.lon)
        if found is NoPlace.UNKNOWN:
            return Misfit("$.lat", "an address needs a position: the geocoder does not know this one")
        return Misfit("$.lat", "an address needs a position: the geocoder does not answer now")

    async def find(self, address: str) -> Point | NoPlace:
        """Tell where an address is."""
        async with self._database.read() as tx:
            known = await geocoded.get(tx, address, self._clock() - KNOWN_FOR)
        if known is not None:
            return known.place or NoPlace.UNKNOWN
        if self._geocoder is None or not await self._await_turn():
            return NoPlace.DOWN
        found = await self._geocoder.find(address)
        if found is not NoPlace.DOWN:
            async with self._database.write() as tx:
                await geocoded.put(tx, address, found if isinstance(found, Point) else None, self._clock())
        return found

    async def close(self) -> None:
        """Let go of the geocoder's connections."""
        if self._geocoder is not None:
            await self._geocoder.close()

    async def _await_turn(self) -> bool:
        """Wait until nobody has asked for a second; False where too many wait."""
        holder = secrets.token_hex(8)
        for _ in range(int(self._patience_s / LOOK_EVERY_S) + 1):
            now = self._clock()
            async with self._database.write() as tx:
                if await leases.take(tx, _LEASE, holder, now=now, until=now + self._turn):
                    return True
            await asyncio.sleep(LOOK_EVERY_S)
        return False
