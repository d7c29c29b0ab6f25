"""`GET /v/{token}/snapshot`: everything a watcher may see, once."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.web.credentials import services_of
from hub.web.problems import Problem
from hub.web.responses import json_response


async def get_snapshot(request: Request) -> Response:
    """Answer a snapshot of the link's visit."""
    services = services_of(request)
    link = await services.admission.link(request.path_params["token"])
    seen = link and await services.watch.see(link.booking_id, link.scope)
    if not seen:
        raise no_such_link()
    _visit, snapshot = seen
    return json_response(snapshot)


def no_such_link() -> Problem:
    """Refuse an unknown, expired or revoked link."""
    return Problem(404, "This link is unknown, has expired or was revoked.")
