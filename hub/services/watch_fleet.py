"""Watch all technicians of a portal: one look a second at the store for all who watch in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import msgspec
import structlog

from hub.clock import Clock
from hub.domain.fleet import FleetArea, FleetTechnician
from hub.domain.live_messages import Heartbeat
from hub.services.fleet_room import FleetRoom, FleetWatcher
from hub.services.fleet_view import FleetView, Sources
from hub.services.measures import FLEET_WATCHERS
from hub.services.read_fleet import read_facts
from hub.store.database import Database, DatabaseAway
from hub.store.live_positions import LivePositions

LOOK_EVERY_S = 1.0
"""Nobody sees more of a thousand markers."""
FACTS_EVERY = timedelta(seconds=5)
"""How late visits, people and devices are known where no message told of a change."""

log = structlog.get_logger()


class _Fleet:
    """A portal that is watched."""

    def __init__(self, view: FleetView, room: FleetRoom) -> None:
        self.view, self.room = view, room


class WatchFleet:
    """The fleets that somebody watches in this process; where nobody does, nothing is done."""

    def __init__(self, database: Database, positions: LivePositions, sources: Sources, clock: Clock) -> None:
        self._database, self._positions, self._sources, self._clock = database, positions, sources, clock
        self._fleets: dict[str, _Fleet] = {}
        self._busy = asyncio.Lock()
        """Held during a look, so that whoever comes is told exactly what comes after it."""
        self._watched = asyncio.Event()
        self._hurried = False
        self._read_at = clock() - FACTS_EVERY

    async def see(self, portal_id: str) -> tuple[Sequence[FleetArea], Sequence[FleetTechnician]]:
        """Take one look at the territories and technicians of a portal; raises `DatabaseAway`."""
        fleet = self._fleets.get(portal_id)
        view = fleet.view if fleet else await self._view(portal_id)
        return view.facts.areas, list(view.shown.values())

    @asynccontextmanager
    async def watch(
        self, portal_id: str, territory: str | None = None
    ) -> AsyncIterator[tuple[FleetWatcher, FleetRoom, bytes] | None]:
        """Watch a portal, or one of its territories: the watcher, their room and the snapshot; None where it has none.

        Raises `DatabaseAway`.
        """
        async with self._busy:
            fleet = self._fleets.get(portal_id)
            if fleet is None:
                view = await self._view(portal_id)
                fleet = _Fleet(view, FleetRoom(view.facts.areas, view.shown, self._clock()))
            if territory is not None and territory not in {area.id for area in fleet.view.facts.areas}:
                fleet = None
            else:
                self._fleets[portal_id] = fleet
                watcher = FleetWatcher(territory)
                snapshot = fleet.room.enter(watcher, self._clock())
        if fleet is None:
            yield None
            return
        self._watched.set()
        try:
            with FLEET_WATCHERS.track_inprogress():
                yield watcher, fleet.room, snapshot
        finally:
            fleet.room.watchers.discard(watcher)
            if not fleet.room.watchers and self._fleets.get(portal_id) is fleet:
                del self._fleets[portal_id]

    def hurry(self) -> None:
        """Read visits again with the next look, since one has changed."""
        self._hurried = True

    async def run(self) -> None:
        """Look again and again while somebody watches, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            if not self._fleets:
                self._watched.clear()
                await self._watched.wait()
            next_s = loop.time() + LOOK_EVERY_S
            read = self._facts_are_due()
            for portal_id, fleet in list(self._fleets.items()):
                async with self._busy:
                    await self._look(portal_id, fleet, read=read)
            await asyncio.sleep(max(0.1, next_s - loop.time()))

    async def beat(self) -> None:
        """Tell every watcher that the hub is there."""
        message = msgspec.json.encode(Heartbeat(server_time=self._clock()))
        for fleet in list(self._fleets.values()):
            for watcher in list(fleet.room.watchers):
                watcher.beat(message)

    def _facts_are_due(self) -> bool:
        now = self._clock()
        if not self._hurried and now < self._read_at + FACTS_EVERY:
            return False
        self._hurried, self._read_at = False, now
        return True

    async def _look(self, portal_id: str, fleet: _Fleet, *, read: bool) -> None:
        view = fleet.view
        if read:
            try:
                view.facts = fleet_facts = await read_facts(self._database, portal_id, self._clock())
                fleet.room.areas = fleet_facts.areas
            except DatabaseAway as fault:
                log.warning("fleet goes on without the database", fault=str(fault))
        now = self._clock()
        before = dict(view.shown)
        found = await view.look(await self._positions.states(list(view.facts.technicians)), now)
        fleet.room.tell(found, {one.id: before[one.id].position for one in found.moved}, now)

    async def _view(self, portal_id: str) -> FleetView:
        """Look for the first time."""
        view = FleetView(self._sources, await read_facts(self._database, portal_id, self._clock()))
        await view.look(await self._positions.states(list(view.facts.technicians)), self._clock())
        return view
