"""What all ways of watching share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from hub.domain.live_messages import Heartbeat, Snapshot
from hub.services.authenticate import OpenLink
from hub.services.bundle import Services
from hub.services.watcher import Watcher

HEARTBEAT_S = 20.0

write = msgspec.json.Encoder().encode


class LinkInvalidError(Exception):
    """The link was unknown from the start, or stopped being valid."""


@asynccontextmanager
async def seat(services: Services, link: OpenLink) -> AsyncIterator[tuple[Watcher, Snapshot]]:
    """Take a seat before a visit; `LinkInvalidError` throws out whoever's link stops being valid."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as stay:
            sockets = services.admission.link_sockets
            with sockets.holding(link.link_id, lambda: stay.reschedule(loop.time())):
                async with services.watch.watch(link.booking_id) as taken:
                    if taken is None:
                        raise LinkInvalidError
                    yield taken
    except TimeoutError:
        if stay.expired():
            raise LinkInvalidError from None
        raise


async def next_message(services: Services, watcher: Watcher) -> bytes:
    """Wait for the next message; a heartbeat where none comes for 20 s."""
    try:
        async with asyncio.timeout(HEARTBEAT_S):
            return await watcher.next()
    except TimeoutError:
        return write(Heartbeat(server_time=services.clock()))
