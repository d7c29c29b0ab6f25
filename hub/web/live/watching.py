"""What all ways of watching share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import msgspec
from starlette.websockets import WebSocket

from hub.domain.live_messages import Snapshot
from hub.services.authenticate import OpenLink
from hub.services.bundle import Services
from hub.services.watcher import Watcher
from hub.web.frames import frames_of
from hub.web.interruptible import interruptible

write = msgspec.json.Encoder().encode


class LinkInvalidError(Exception):
    """The link was unknown from the start, or stopped being valid."""


class TooSlowError(Exception):
    """The watcher takes no messages."""


def let_watch(websocket: WebSocket, watcher: Watcher, snapshot: bytes) -> None:
    """Write the snapshot to an open socket, and from then on whatever is left for the watcher."""
    frames = frames_of(websocket)
    frames.on_ready = watcher.flush
    frames.write(snapshot)
    watcher.attach(frames)


@asynccontextmanager
async def seat(services: Services, link: OpenLink) -> AsyncIterator[tuple[Watcher, Snapshot]]:
    """Take a seat before a visit.

    `LinkInvalidError` throws out whoever's link stops being valid, `TooSlowError` whoever stops reading.
    """
    async with interruptible() as leave:
        with services.admission.link_sockets.holding(link.link_id, partial(leave, LinkInvalidError())):
            async with services.watch.watch(link.booking_id, link.scope) as taken:
                if taken is None:
                    raise LinkInvalidError
                taken[0].leave = partial(leave, TooSlowError())
                yield taken
