"""`GET /v/{token}`: the page of a visit."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.policies import Action
from hub.web.base_map import base_map
from hub.web.credentials import services_of
from hub.web.page_response import page_response
from hub.web.visit.opened import deadline_of, link_gone, open_visit
from hub.web.visit.share import may_share

DONE = ("booked", "rescheduled", *Action)
"""What may just have been done, as the address after a form says."""


async def visit_page(request: Request) -> Response:
    """Show the visit as its customer may see it now; works without script."""
    services, opened = services_of(request), await open_visit(request)
    if opened is None:
        return await link_gone(request)
    visit, snapshot, done = opened.visit, opened.snapshot, request.query_params.get("done")
    return await page_response(
        request,
        "visit.html",
        snapshot=msgspec.to_builtins(snapshot, builtin_types=(type(services.clock()),)),
        visit=visit,
        now=services.clock(),
        link_path=opened.path,
        done=done if done in DONE else None,
        portal_name=visit.portal_name,
        portal_demo=visit.portal_demo,
        basemap=base_map(services.settings),
        style_url=services.settings.map_style_url or None,
        preparation=visit.preparation,
        may_share=may_share(opened),
        deadline=await deadline_of(request, opened),
    )
