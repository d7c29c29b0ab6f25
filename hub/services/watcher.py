"""One open live map: a mailbox with one slot per kind of message, in which the newest wins."""

from __future__ import annotations

import asyncio


class Watcher:
    """Whoever reads slowly skips messages; nobody waits for them."""

    def __init__(self) -> None:
        self._slots: dict[str, tuple[int, bytes]] = {}
        self._filled = asyncio.Event()

    def put(self, kind: str, seq: int, message: bytes) -> None:
        """Leave a message, in place of an unread one of its kind."""
        self._slots[kind] = (seq, message)
        self._filled.set()

    def forget(self, *kinds: str) -> None:
        """Throw away unread messages that a newer one has made untrue."""
        for kind in kinds:
            self._slots.pop(kind, None)

    async def next(self) -> bytes:
        """Wait for a message and take the one with the lowest number."""
        while not self._slots:
            self._filled.clear()
            await self._filled.wait()
        kind = min(self._slots, key=self._number)
        return self._slots.pop(kind)[1]

    def _number(self, kind: str) -> int:
        return self._slots[kind][0]
