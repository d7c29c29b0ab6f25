"""`GET /`: what to click in the demo; a plain page outside it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.services.show_demo import demo_visits
from hub.web.credentials import services_of
from hub.web.not_found import page


async def start_page(request: Request) -> Response:
    """List the demo's live maps."""
    services = services_of(request)
    visits = await demo_visits(services.database, services.settings.secret_key.encode(), services.clock())
    return page(
        request,
        "home.html",
        demo=visits is not None,
        portal_demo=visits is not None,
        visits=visits or [],
        links=["/api/docs", "/healthz", "/readyz"],
    )
