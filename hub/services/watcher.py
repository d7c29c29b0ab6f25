"""One open live map: a mailbox with one slot per kind of message, in which the newest wins."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Protocol

from hub.domain.link_scope import LinkScope

BEATS_UNREAD = 3
"""So many heartbeats unread in a row, 60 s, and the watcher is gone, whatever their connection says."""
LAST = sys.maxsize


class Sink(Protocol):
    """Takes messages at once, as long as it is ready."""

    @property
    def ready(self) -> bool:
        """Tell whether a message offered now goes out."""

    def offer(self, text: bytes) -> bool:
        """Write a message if it goes out now, and tell whether it did."""
        ...


class Watcher:
    """Whoever reads slowly skips messages; nobody waits for them.

    A watcher either takes messages by `next`, or has a sink into which they go without any waiting task.
    """

    __slots__ = ("__weakref__", "_filled", "_sink", "_slots", "_unread_beats", "leave", "scope")

    def __init__(self, scope: LinkScope = LinkScope.TRACK) -> None:
        """Take what the watcher's link may do."""
        self.scope = scope
        self._sink: Sink | None = None
        self.leave: Callable[[], None] = lambda: None
        """Called when the watcher has read nothing for long."""
        self._unread_beats = 0
        self._slots: dict[str, tuple[int, bytes]] = {}
        self._filled: asyncio.Event | None = None
        """For who reads by `next`; thousands of others do without one."""

    @property
    def ready(self) -> bool:
        """Tell whether a message left now goes out at once."""
        return self._sink is not None and not self._slots and self._sink.ready

    def put(self, kind: str, seq: int, message: bytes) -> None:
        """Leave a message, in place of an unread one of its kind."""
        sink = self._sink
        if sink is not None and not self._slots and sink.offer(message):  # as nearly always
            self._unread_beats = 0
            return
        self._slots[kind] = (seq, message)
        if sink is not None:
            self.flush()
        elif self._filled is not None:
            self._filled.set()

    def attach(self, sink: Sink) -> None:
        """Let messages go into `sink` from now on, the waiting ones first."""
        self._sink = sink
        self.flush()

    def flush(self) -> None:
        """Write what waits, as far as the sink is ready."""
        while self._slots and self._sink is not None and self._sink.ready:
            self._sink.offer(self._take())

    def beat(self, message: bytes) -> None:
        """Leave a heartbeat, after everything else; whoever reads none of three is gone."""
        self._unread_beats += 1
        if self._unread_beats > BEATS_UNREAD:
            self.leave()
        self.put("heartbeat", LAST, message)

    def forget(self, *kinds: str) -> None:
        """Throw away unread messages that a newer one has made untrue."""
        for kind in kinds:
            self._slots.pop(kind, None)

    async def next(self) -> bytes:
        """Wait for a message and take the one with the lowest number."""
        while not self._slots:
            self._filled = asyncio.Event()
            await self._filled.wait()
        return self._take()

    def _take(self) -> bytes:
        kind = min(self._slots, key=self._number)
        self._unread_beats = 0
        return self._slots.pop(kind)[1]

    def _number(self, kind: str) -> int:
        return self._slots[kind][0]
