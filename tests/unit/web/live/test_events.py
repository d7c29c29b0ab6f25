"""Streams of events end wholly, wherever they are when they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, MutableMapping
from typing import Any

from hub.web.interruptible import Leave, interruptible
from hub.web.live.events import EventStream
from hub.web.live.watching import TooSlowError


class Connection(asyncio.Transport):
    """Remembers that it was cut."""

    cut = False

    def abort(self) -> None:
        """Remember it."""
        self.cut = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Keep no buffer."""


async def _never() -> Any:
    await asyncio.Event().wait()


async def test_who_reads_nothing_leaves_their_seat_when_they_are_thrown_out() -> None:
    left, waits = asyncio.Event(), asyncio.Event()
    leaving: list[Leave] = []

    async def events() -> AsyncGenerator[bytes]:
        try:
            async with interruptible() as leave:
                leaving.append(leave)
                while True:
                    yield b"data: 1\n\n"
        finally:
            left.set()

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            waits.set()
            await _never()

    seat = events()  # kept here, so that no collecting of garbage ends it
    connection = Connection()
    stream = asyncio.create_task(EventStream(seat, {}, connection)({"type": "http"}, _never, send))
    await asyncio.wait_for(waits.wait(), 5)
    assert not left.is_set()
    leaving[0](TooSlowError())
    await asyncio.wait_for(left.wait(), 5)
    await asyncio.wait([stream], timeout=5)
    assert stream.done()
    assert connection.cut
