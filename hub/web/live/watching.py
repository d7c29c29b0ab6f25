"""What all ways of watching share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from hub.domain.live_messages import Snapshot
from hub.services.authenticate import OpenLink
from hub.services.bundle import Services
from hub.services.watcher import Watcher

write = msgspec.json.Encoder().encode


class LinkInvalidError(Exception):
    """The link was unknown from the start, or stopped being valid."""


class TooSlowError(Exception):
    """The watcher takes no messages."""


@asynccontextmanager
async def seat(services: Services, link: OpenLink) -> AsyncIterator[tuple[Watcher, Snapshot]]:
    """Take a seat before a visit.

    `LinkInvalidError` throws out whoever's link stops being valid, `TooSlowError` whoever stops reading.
    """
    loop, watcher = asyncio.get_running_loop(), None
    try:
        async with asyncio.timeout(None) as stay:

            def leave() -> None:
                stay.reschedule(loop.time())

            with services.admission.link_sockets.holding(link.link_id, leave):
                async with services.watch.watch(link.booking_id) as taken:
                    if taken is None:
                        raise LinkInvalidError
                    watcher = taken[0]
                    watcher.leave = leave
                    yield taken
    except TimeoutError:
        raise (TooSlowError if watcher and watcher.frozen else LinkInvalidError) from None
