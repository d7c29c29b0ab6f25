"""`GET /v/{token}`: the page of a visit."""

from __future__ import annotations

from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.web.credentials import services_of
from hub.web.page_response import page_response


async def visit_page(request: Request) -> Response:
    """Show the visit as its customer may see it now; works without script."""
    services, token = services_of(request), request.path_params["token"]
    link = await services.admission.link(token)
    seen = link and await services.watch.see(link.booking_id)
    if not seen:
        return await page_response(request, "link_gone.html", 404)
    visit, snapshot = seen
    return await page_response(
        request,
        "visit.html",
        snapshot=msgspec.to_builtins(snapshot, builtin_types=(type(services.clock()),)),
        visit=visit,
        now=services.clock(),
        link_path=f"/v/{token}",
        portal_name=visit.portal_name,
        portal_demo=visit.portal_demo,
        basemap=(Path(services.settings.demo_city) / "basemap" / "streets.geojson").exists(),
        style_url=services.settings.map_style_url or None,
        preparation=visit.preparation,
    )
