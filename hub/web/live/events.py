"""`GET /v/{token}/events`: the messages of the live socket as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hub.services.authenticate import OpenLink
from hub.services.bundle import Services
from hub.web.credentials import services_of
from hub.web.live.snapshot import no_such_link
from hub.web.live.watching import LinkInvalidError, TooSlowError, seat, write


async def get_events(request: Request) -> Response:
    """Stream to one watcher until they leave or the link stops being valid."""
    services = services_of(request)
    link = await services.admission.link(request.path_params["token"])
    if link is None:
        raise no_such_link()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # proxies must pass each event on
    if request.method == "HEAD":
        return Response(headers=headers, media_type="text/event-stream")
    return StreamingResponse(_events(services, link), headers=headers, media_type="text/event-stream")


async def _events(services: Services, link: OpenLink) -> AsyncIterator[bytes]:
    try:
        async with seat(services, link) as (watcher, snapshot):
            message = write(snapshot)
            while True:
                yield b"data: " + message + b"\n\n"
                message = await watcher.next()
    except (LinkInvalidError, TooSlowError):
        return
