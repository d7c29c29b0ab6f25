"""Watch a visit: subscribe, then take the snapshot, then hear only what is newer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakValueDictionary

import msgspec
import structlog
from redis.exceptions import RedisError

from hub.clock import Clock
from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import Heartbeat, Snapshot
from hub.domain.visit import Visit
from hub.domain.visit_view import LiveFacts, snapshot
from hub.services.follow_journeys import Journeys
from hub.services.interest import Interest
from hub.services.measures import WATCHERS
from hub.services.room import Pace, Room
from hub.services.watcher import Watcher
from hub.store import visits
from hub.store.database import Database
from hub.store.live_channel import Interrupted, LiveChannel, Told
from hub.store.ping_store import PingStore

log = structlog.get_logger()

EMPTY_FOR_S = 120.0
"""How long a room is kept up to date for its watchers to come back: without it a lost network, or a restarted proxy,
would have each of them read the visit again."""


class WatchVisit:
    """The rooms of this process, kept up to date from the live channel."""

    def __init__(
        self,
        database: Database,
        pings: PingStore,
        channel: LiveChannel,
        journeys: Journeys,
        pace: Pace,
        clock: Clock,
        interest: Interest,
    ) -> None:
        self._database, self._pings, self._channel, self._journeys = database, pings, channel, journeys
        self._pace, self._clock, self._interest = pace, clock, interest
        self._rooms: dict[str, Room] = {}
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._unheard: dict[str, list[Told]] = {}
        """What was told about visits whose rooms are being made."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_change: Callable[[], None] = lambda: None
        """Called when any booking has changed."""

    async def see(self, booking_id: str, scope: LinkScope) -> tuple[Visit, Snapshot] | None:
        """Take one look with a link of this scope; None where there is no such booking."""
        if room := self._rooms.get(booking_id):
            return room.visit, room.snapshot(scope)
        if (visit := await self._load(booking_id)) is None:
            return None
        live = await self._live_facts(visit)
        seq = await self._channel.own_seq(booking_id, after=0)
        return visit, snapshot(visit, live, seq, self._clock(), self._pace.lost_after, scope)

    @asynccontextmanager
    async def watch(self, booking_id: str, scope: LinkScope) -> AsyncIterator[tuple[Watcher, Snapshot] | None]:
        """Watch a booking with a link of this scope; None where there is none."""
        room = await self._enter(booking_id)
        if room is None:
            yield None
            return
        watcher = Watcher(scope)
        room.watchers.add(watcher)
        WATCHERS.inc()
        try:
            yield watcher, room.snapshot(scope)
        finally:
            WATCHERS.dec()
            room.watchers.discard(watcher)
            if not room.watchers:
                asyncio.get_running_loop().call_later(EMPTY_FOR_S, self._close_empty, booking_id, room)

    def watchers(self) -> dict[str, int]:
        """Count this process's watchers by visit; a room that is kept for them to come back has none."""
        return {booking_id: len(room.watchers) for booking_id, room in self._rooms.items()}

    def watchers_of(self, booking_id: str) -> int:
        """Count this process's watchers of one visit."""
        room = self._rooms.get(booking_id)
        return len(room.watchers) if room else 0

    async def run(self) -> None:
        """Hear the live channel, for ever."""
        try:
            async for heard in self._channel.listen():
                if isinstance(heard, Interrupted):
                    await self._renew_all()
                else:
                    for told in heard:
                        self._hear_guarded(told)
        finally:
            for room in self._rooms.values():
                room.close()

    def _close_empty(self, booking_id: str, room: Room) -> None:
        """Close a room to which nobody has come back; one that was left again meanwhile has its own time."""
        if not room.watchers and self._rooms.get(booking_id) is room:
            self._rooms.pop(booking_id).close()
            self._interest.closed(booking_id)

    async def reread(self) -> None:
        """Read the watched bookings again, and tell those that changed without a message."""
        async with self._database.read() as tx:
            versions = await visits.versions(tx, list(self._rooms))
        for booking_id, version in versions.items():
            room = self._rooms.get(booking_id)
            if room and (room.visit.version != version or self._looks_different(room)):
                await self._change(room, await self._channel.own_seq(booking_id, after=room.seq))

    async def beat(self) -> None:
        """Tell every watcher that the hub is there."""
        message = msgspec.json.encode(Heartbeat(server_time=self._clock()))
        for room in list(self._rooms.values()):
            for watcher in list(room.watchers):
                watcher.beat(message)

    async def _enter(self, booking_id: str) -> Room | None:
        """Find or make the room. What is told about it while its facts are read is heard afterwards."""
        lock = self._opening.setdefault(booking_id, asyncio.Lock())
        async with lock:
            if booking_id in self._rooms:
                return self._rooms[booking_id]
            waiting = self._unheard[booking_id] = []
            try:
                room = await self._open(booking_id)
            finally:
                del self._unheard[booking_id]
            if room is None:
                self._interest.closed(booking_id)
            else:
                self._rooms[booking_id] = room
                for told in waiting:
                    self._hear_guarded(told)
            return room

    async def _open(self, booking_id: str) -> Room | None:
        if (visit := await self._load(booking_id)) is None:
            return None
        self._interest.opened(booking_id)
        with suppress(RedisError, OSError):  # while the store is away no positions come
            await self._channel.announce([booking_id])
        seq = await self._channel.own_seq(booking_id, after=0)
        live = await self._live_facts(visit)
        return Room(visit, live, seq, self._pace, self._clock, self._channel)

    def _hear_guarded(self, told: Told) -> None:
        try:
            self._hear(told)
        except Exception:  # a message that makes no sense must not end the listening
            log.exception("message not understood", visit=told.visit_id, kind=told.kind)

    def _hear(self, told: Told) -> None:
        if (waiting := self._unheard.get(told.visit_id)) is not None:
            waiting.append(told)
            return
        room = self._rooms.get(told.visit_id)
        match told.kind:
            case "position":
                if room:
                    room.position(told.seq, told.body)
            case "route":
                self._later(self._journeys.reload_route(told.visit_id))
                if room:
                    room.route(told.seq, told.body)
            case "watched":
                self._interest.announced(told.visit_id)
            case "changed":
                self.on_change()
                self._later(self._follow_change(told))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do work beside the listening, which must never wait."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow_change(self, told: Told) -> None:
        await self._journeys.refresh(self._clock())
        if room := self._rooms.get(told.visit_id):
            await self._change(room, told.seq)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Do work for one message; whatever goes wrong must not end the listening."""
        try:
            await work
        except Exception as fault:
            log.warning("message not followed", fault=f"{type(fault).__name__}: {fault}")

    async def _change(self, room: Room, seq: int) -> None:
        visit = await self._load(room.visit.booking_id)
        if visit is None or visit.version < room.visit.version:
            return
        if visit.version > room.visit.version or visit.sight != room.visit.sight:
            room.changed(visit, await self._live_facts(visit), seq)

    def _looks_different(self, room: Room) -> bool:
        """Tell whether the customer may see more or less than before, with the booking as it was."""
        sight = self._journeys.sight(room.visit.booking_id)
        return sight is not None and sight != room.visit.sight

    async def _renew_all(self) -> None:
        await self._guarded(self._channel.announce(list(self._rooms)))
        for booking_id, room in list(self._rooms.items()):
            await self._guarded(self._renew(booking_id, room))

    async def _renew(self, booking_id: str, room: Room) -> None:
        visit = await self._load(booking_id) or room.visit
        seq = await self._channel.own_seq(booking_id, after=room.seq)
        room.renew(visit, await self._live_facts(visit), seq)

    async def _load(self, booking_id: str) -> Visit | None:
        async with self._database.read() as tx:
            return await visits.load(tx, booking_id, self._clock())

    async def _live_facts(self, visit: Visit) -> LiveFacts:
        """Read where the technician is, or was when the store was last there."""
        if not visit.shows_position:
            return LiveFacts()
        state = await self._pings.state(visit.resource_id)
        return self._journeys.live_facts(visit, state, self._clock())
