"""`GET /v/{token}/events`: the messages of the live socket as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from hub.services.authenticate import OpenLink
from hub.services.bundle import Services
from hub.web.credentials import services_of
from hub.web.live.snapshot import no_such_link
from hub.web.live.watching import LinkInvalidError, TooSlowError, seat, write
from hub.web.streams import connection_of, keep_little_unread


class EventStream(StreamingResponse):
    """A stream whose watcher leaves their seat as soon as it ends, also when it ends amid what they do not read."""

    def __init__(self, events: AsyncGenerator[bytes], headers: dict[str, str], connection: asyncio.Transport) -> None:
        super().__init__(events, headers=headers, media_type="text/event-stream")
        self._events, self._connection = events, connection

    async def stream_response(self, send: Send) -> None:
        """Send everything."""
        keep_little_unread(self._connection)
        try:
            async with aclosing(self._events):
                await super().stream_response(send)
        except asyncio.CancelledError:  # they left, or read nothing: what waits for them goes nowhere
            self._connection.abort()
            raise


async def get_events(request: Request) -> Response:
    """Stream to one watcher until they leave or the link stops being valid."""
    services = services_of(request)
    link = await services.admission.link(request.path_params["token"])
    if link is None:
        raise no_such_link()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # proxies must pass each event on
    if request.method == "HEAD":
        return Response(headers=headers, media_type="text/event-stream")
    return EventStream(_events(services, link), headers, connection_of(request.scope))


async def _events(services: Services, link: OpenLink) -> AsyncGenerator[bytes]:
    try:
        async with seat(services, link) as (watcher, snapshot):
            message = write(snapshot)
            while True:
                yield b"data: " + message + b"\n\n"
                message = await watcher.next()
    except (LinkInvalidError, TooSlowError):
        return
