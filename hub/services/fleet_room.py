"""Those who watch the fleet of one portal in this process, and what each is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from hub.domain.fleet import Differences, FleetArea, FleetChange, FleetSnapshot, FleetTechnician, Moved
from hub.domain.geodesy import Point
from hub.domain.live_messages import LivePosition
from hub.domain.viewport import Viewport
from hub.services.watcher import Watcher

FORGET_LEFT_AFTER_MS = 120_000
"""Longer than anybody may leave messages unread, so that whoever still reads was told who is gone."""

_write = msgspec.json.Encoder().encode


class FleetWatcher(Watcher):
    """One open fleet feed."""

    def __init__(self, territory: str | None = None) -> None:
        """Watch one territory, or all of them."""
        super().__init__()
        self.territory = territory
        self.viewport: Viewport | None = None
        """Where they want to be told who moves; None means everywhere."""
        self.told = 0
        """The number up to which they know everything."""


class _Asked(msgspec.Struct, frozen=True):
    """What a message depends on: watchers for whom it is alike get the same bytes."""

    since: int
    territory: str | None
    viewport: Viewport | None


class FleetRoom:
    """What changed last and when, by number: whoever missed messages is told all of it in one.

    So nothing waits for a watcher who does not read, however long.
    """

    def __init__(self, areas: list[FleetArea], shown: dict[str, FleetTechnician], now: datetime) -> None:
        """Tell of the technicians in `shown`, which stays the owner's and is up to date before each `tell`."""
        self.watchers: set[FleetWatcher] = set()
        self.areas, self._shown = areas, shown
        self._seq = self._batch = _milliseconds(now)
        """The newest number, and the one of the newest batch."""
        self._news_at: dict[str, int] = {}
        self._moved_at: dict[str, int] = {}
        self._was: dict[str, LivePosition | None] = {}
        """Where those were who moved in the newest batch."""
        self._left: list[tuple[int, FleetTechnician]] = []

    def enter(self, watcher: FleetWatcher, now: datetime) -> bytes:
        """Let somebody in, and write down everybody for them."""
        self.watchers.add(watcher)
        watcher.told = self._seq
        technicians = [one for one in self._shown.values() if _of_feed(one, watcher.territory)]
        return _write(FleetSnapshot(seq=self._seq, server_time=now, territories=self.areas, technicians=technicians))

    def tell(self, found: Differences, was: dict[str, LivePosition | None], now: datetime) -> None:
        """Tell everybody what is new; `was` says where those were who moved."""
        before, self._batch = self._batch, max(self._seq + 1, _milliseconds(now))
        self._seq, self._was = self._batch, was
        self._left = [(seq, one) for seq, one in self._left if seq > self._seq - FORGET_LEFT_AFTER_MS]
        self._left.extend((self._seq, one) for one in found.left)
        self._news_at.update((one.id, self._seq) for one in found.news)
        self._moved_at.update((one.id, self._seq) for one in found.moved)
        fresh = {one.id: one for one in (*found.news, *found.moved)}
        written: dict[_Asked, bytes | None] = {}
        for watcher in self.watchers:
            if not watcher.ready:
                continue  # told all at once as soon as they read
            in_step = watcher.told >= before
            since, viewport = (before, watcher.viewport) if in_step else (watcher.told, None)
            asked = _Asked(since, watcher.territory, viewport)
            if asked not in written:
                written[asked] = self._change(fresh.values() if in_step else self._shown.values(), asked, now)
            watcher.told = self._seq
            if message := written[asked]:
                watcher.put("change", self._seq, message)

    def look_at(self, watcher: FleetWatcher, viewport: Viewport, now: datetime) -> None:
        """Take what a watcher's map shows now, and tell where those are who came into it by that."""
        before, watcher.viewport = watcher.viewport, viewport
        if before is None or before == viewport:
            return
        if not watcher.ready:
            watcher.told = 0  # everything, once they read
            return
        came = (one for one in self._shown.values() if not _inside(one.position, before))
        moved = [
            Moved(one.id, one.position)
            for one in came
            if one.position is not None and _inside(one.position, viewport) and _of_feed(one, watcher.territory)
        ]
        if moved:
            in_step = watcher.told == self._seq
            self._seq += 1
            if in_step:
                watcher.told = self._seq
            change = FleetChange(seq=self._seq, server_time=now, technicians=[], moved=moved, gone=[])
            watcher.put("change", self._seq, _write(change))

    def _change(self, among: Iterable[FleetTechnician], asked: _Asked, now: datetime) -> bytes | None:
        """Write what is newer than a number; None where nothing is."""
        news: list[FleetTechnician] = []
        moved: list[Moved] = []
        for one in among:
            if not _of_feed(one, asked.territory):
                continue
            if self._news_at.get(one.id, 0) > asked.since:
                news.append(one)
            elif self._moved_at.get(one.id, 0) > asked.since and one.position is not None and self._seen(one, asked):
                moved.append(Moved(one.id, one.position))
        here = {one.id for one in news}
        left = {one.id for seq, one in self._left if seq > asked.since and _of_feed(one, asked.territory)}
        gone = sorted(left - here)
        if not (news or moved or gone):
            return None
        return _write(FleetChange(seq=self._seq, server_time=now, technicians=news, moved=moved, gone=gone))

    def _seen(self, one: FleetTechnician, asked: _Asked) -> bool:
        """Tell whether somebody is in sight, or was until now."""
        viewport = asked.viewport
        return viewport is None or _inside(one.position, viewport) or _inside(self._was.get(one.id), viewport)


def _of_feed(technician: FleetTechnician, territory: str | None) -> bool:
    return territory is None or territory in technician.territories


def _inside(position: LivePosition | None, viewport: Viewport) -> bool:
    return position is not None and viewport.holds(Point(position.lat, position.lon))


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1_000)
