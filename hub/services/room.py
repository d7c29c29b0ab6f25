"""One watched visit in this process: what its watchers know, and how they are told more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

import msgspec

from hub.clock import Clock
from hub.domain.freshness import freshness_of, next_change_at
from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import Freshness, RouteLine, Snapshot
from hub.domain.shown_arrival import while_delayed
from hub.domain.visibility import OPEN
from hub.domain.visit import Visit
from hub.domain.visit_view import LiveFacts, Shown, freshness_message, road, shown, snapshot, status_message
from hub.services.watcher import Watcher

_read_position = msgspec.json.Decoder(Shown).decode
_read_route = msgspec.json.Decoder(dict[str, RouteLine | None]).decode
_write = msgspec.json.Encoder().encode


class Pace(msgspec.Struct, frozen=True):
    """How often watchers are told, and when a position counts as lost."""

    updates_per_s: float
    """Positions per second and visit; 0 means every one."""
    lost_after: timedelta


class Numbers(Protocol):
    """What a room needs of the live channel."""

    async def own_seq(self, visit_id: str, after: int) -> int:
        """Give a number above all that were given for this visit."""
        ...


class Room:
    """The watchers of one visit, with the newest facts that they were told."""

    def __init__(self, visit: Visit, live: LiveFacts, seq: int, pace: Pace, clock: Clock, channel: Numbers) -> None:
        self.visit, self._live, self.seq = visit, live, seq
        self._told: str | None = None
        """The newest position that was told, as long as nobody here had to know what it says."""
        self.watchers: set[Watcher] = set()
        self._pace, self._clock, self._channel = pace, clock, channel
        self._loop = asyncio.get_running_loop()
        self._next_position_s = 0.0
        self._held_back: tuple[int, str] | None = None
        self._held_road: tuple[int, str] | None = None
        """A road that came while a position was held back, and is told with it."""
        self._flush: asyncio.TimerHandle | None = None
        self._aging: asyncio.Task[None] | None = None
        self._road_seen = road(visit, live, clock())
        """The road that watchers know, where that depends on the place."""
        self._freshness = Freshness.LOST
        self._grow_old()

    @property
    def live(self) -> LiveFacts:
        """Give what is known of the technician; what was told is read only here, since most of it is only passed on."""
        if self._told is not None:
            told, self._told = _read_position(self._told), None
            self._live = LiveFacts(
                position=told.position or self._live.position,
                eta=told.eta,
                last_seen_at=told.last_seen_at,
                route=self._live.route,
            )
            self._freshness = told.freshness
        return self._live

    def snapshot(self, scope: LinkScope) -> Snapshot:
        """Describe all that a watcher with a link of this scope may see now."""
        return snapshot(self.visit, self.live, self.seq, self._clock(), self._pace.lost_after, scope)

    def position(self, seq: int, body: str) -> None:
        """Take a newer position: tell it now, or hold back all but the newest until it is time."""
        if seq <= self.seq or not self.visit.shows_position:
            return
        self._held_back = (seq, body)
        now_s = self._loop.time()
        if now_s >= self._next_position_s:
            self._tell_position()
        elif self._flush is None:
            self._flush = self._loop.call_at(self._next_position_s, self._tell_position)

    def route(self, seq: int, body: str) -> None:
        """Take a new road to the customer."""
        if seq <= self.seq or not self.visit.shows_position:
            return
        self._held_road = (seq, body)
        if self._held_back is None:  # else a position waits that has a lower number, and would be too old after this
            self._tell_road()

    def _tell_road(self) -> None:
        if self._held_road is None:
            return
        (seq, body), self._held_road = self._held_road, None
        self._live = msgspec.structs.replace(self.live, route=_read_route(body)["route"])
        if self.visit.sight.rules.has_areas:
            self._tell_road_seen()
            return
        self.seq = seq
        self._tell("route", seq, _numbered("route", seq, body))

    def _tell_road_seen(self) -> None:
        """Tell the road, or that there is none any more, where that depends on the place and is news."""
        seen = road(self.visit, self.live, self._clock())
        if seen != self._road_seen:
            self._road_seen, self.seq = seen, self.seq + 1
            self._tell("route", self.seq, _numbered("route", self.seq, _write({"route": seen}).decode()))

    def changed(self, visit: Visit, live: LiveFacts, seq: int) -> None:
        """Take a booking that changed."""
        self._drop_held_back()
        self.visit, self._live, self._told, self.seq = visit, live, None, max(seq, self.seq + 1)
        for watcher in self.watchers:
            watcher.forget("position", "freshness", "route")
        now = self._clock()
        self._tell_each(
            "status", lambda scope: status_message(visit, live, self.seq, now, self._pace.lost_after, scope)
        )
        self._road_seen = road(visit, live, now)
        if self._road_seen is not None or (visit.is_traveling and visit.sight != OPEN):
            self.seq += 1
            self._tell("route", self.seq, _numbered("route", self.seq, _write({"route": self._road_seen}).decode()))
        self._grow_old()

    def renew(self, visit: Visit, live: LiveFacts, seq: int) -> None:
        """Start again from a fresh snapshot, since messages may have been missed."""
        self._drop_held_back()
        self.visit, self._live, self._told, self.seq = visit, live, None, max(seq, self.seq + 1)
        self._tell_each("snapshot", self.snapshot)
        self._road_seen = road(visit, live, self._clock())
        self._grow_old()

    def close(self) -> None:
        """Stop the timers."""
        self._drop_held_back()
        if self._aging:
            self._aging.cancel()

    def _tell_position(self) -> None:
        """Tell the position that was held back, if there is one."""
        if self._flush:
            self._flush.cancel()
            self._flush = None
        if self._held_back is None:
            return
        (seq, body), self._held_back = self._held_back, None
        if self._held_road is not None and self._held_road[0] < seq:
            self._tell_road()
        if seq <= self.seq:
            return
        if self._pace.updates_per_s:
            self._next_position_s = self._loop.time() + 1 / self._pace.updates_per_s
        if self.visit.sight.rules.has_areas:
            body = self._screened(body)
        self.seq, self._told = seq, body
        self._tell("position", seq, _numbered("position", seq, body))
        if self._aging is None:
            self._grow_old()
        self._tell_road()
        if self.visit.sight.rules.has_areas:
            self._tell_road_seen()

    def _screened(self, body: str) -> str:
        """Hold a message to the visit's rules once more: the process that wrote it may know older ones."""
        told, now = _read_position(body), self._clock()
        live = LiveFacts(position=told.position, eta=told.eta, last_seen_at=told.last_seen_at)
        return _write(shown(self.visit, live, now, self._pace.lost_after)).decode()

    def _tell(self, kind: str, seq: int, message: bytes) -> None:
        for watcher in self.watchers:
            watcher.put(kind, seq, message)

    def _tell_each(self, kind: str, message: Callable[[LinkScope], object]) -> None:
        """Tell what differs by what a watcher's link may do."""
        written = {scope: _write(message(scope)) for scope in {watcher.scope for watcher in self.watchers}}
        for watcher in self.watchers:
            watcher.put(kind, self.seq, written[watcher.scope])

    def _drop_held_back(self) -> None:
        self._held_back = self._held_road = None
        if self._flush:
            self._flush.cancel()
            self._flush = None

    def _grow_old(self) -> None:
        """Watch from now on for the moment when the position grows old."""
        self._freshness = freshness_of(self.live.last_seen_at, self._clock(), self._pace.lost_after)
        if self._aging is None and self.visit.shows_position and self.live.last_seen_at is not None:
            self._aging = asyncio.create_task(self._tell_growing_old())

    async def _tell_growing_old(self) -> None:
        try:
            while self.visit.shows_position:
                now = self._clock()
                if (change := next_change_at(self.live.last_seen_at, now, self._pace.lost_after)) is None:
                    return
                await asyncio.sleep((change - now).total_seconds() + 0.01)
                await self._tell_freshness()
        finally:
            self._aging = None

    async def _tell_freshness(self) -> None:
        if self._new_freshness() is None:
            return
        seq = await self._channel.own_seq(self.visit.booking_id, after=self.seq)
        if (fresh := self._new_freshness()) is None:
            return  # something came while the number was fetched
        if fresh is Freshness.DELAYED and self.live.eta is not None:
            wider = while_delayed(self.live.eta, self._pace.lost_after)
            self._live = msgspec.structs.replace(self.live, eta=wider)
        self._freshness, self.seq = fresh, max(seq, self.seq + 1)
        message = freshness_message(self.visit, self.live, self.seq, self._clock(), self._pace.lost_after)
        self._tell("freshness", self.seq, _write(message))

    def _new_freshness(self) -> Freshness | None:
        """Tell how fresh the position is, if that is news; one that was held back is told first."""
        self._tell_position()
        last_seen_at = self.live.last_seen_at  # read first: it tells how fresh the position was when it was told
        fresh = freshness_of(last_seen_at, self._clock(), self._pace.lost_after)
        return None if fresh is self._freshness or not self.visit.shows_position else fresh


def _numbered(kind: str, seq: int, body: str) -> bytes:
    return b'{"type":"%b","seq":%d,%b' % (kind.encode(), seq, body[1:].encode())
