"""`/staff/arrivals`: how good the arrivals were that customers were told."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission, allows
from hub.services.score_arrivals import DAYS
from hub.store import eta_scores, portals, resources
from hub.store.eta_scores import EVERYBODY
from hub.web.credentials import services_of
from hub.web.page_response import error_page, page_response
from hub.web.sessions import signed_in_staff, to_sign_in


async def arrivals_page(request: Request) -> Response:
    """Show the figures of all technicians together and of each, over the days that the query names."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    if not allows(person.role, Permission.READ_TRACKS):
        return await error_page(request, 403)
    services = services_of(request)
    async with services.database.read() as tx:
        portal = await portals.get_portal(tx, person.portal_id)
        assert portal is not None  # noqa: S101 - staff refer to their portal
        found = await eta_scores.all_scores(tx, portal.id)
        names = {one.id: one.name for one in await resources.list_resources(tx, portal.id)}
    days = next((one for one in DAYS if str(one) == request.query_params.get("days")), DAYS[0])
    figures = {row.resource_id: row.figures for row in found if row.days == days}
    overall = figures.pop(EVERYBODY, None)
    by_name = [(names.get(resource_id, resource_id), resource_id, one) for resource_id, one in figures.items()]
    return await page_response(
        request,
        "staff/arrivals.html",
        days=days,
        choices=DAYS,
        overall=overall,
        technicians=sorted(by_name),
        scored_at=found[0].scored_at if found else None,
        zone=portal.time_zone,
        portal_name=portal.name,
        portal_demo=portal.demo,
    )
