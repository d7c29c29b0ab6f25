"""`GET /`: what to click in the demo; a plain page outside it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.services.public_booking import public_portal
from hub.web.credentials import services_of
from hub.web.page_response import page_response


async def start_page(request: Request) -> Response:
    """List the demo's live maps."""
    services = services_of(request)
    demo = await services.demo.runs()
    visits = await services.demo.visits() if demo else []
    access = await services.demo.access() if demo else None
    return await page_response(
        request,
        "home.html",
        demo=demo,
        books=demo and await public_portal(services.database) is not None,
        visits=visits,
        access=access,
        links=["/api/docs", "/healthz", "/readyz"],
    )
