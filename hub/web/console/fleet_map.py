"""`/staff/map`: where everybody is and who will be late, on a map and in a list that tells the same."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.fleet import FleetTechnician, kind_of, urgency
from hub.domain.lateness import Lateness
from hub.domain.roles import Permission, allows
from hub.store import portals
from hub.web.base_map import base_map
from hub.web.credentials import services_of
from hub.web.page_response import error_page, page_response
from hub.web.sessions import signed_in_staff, to_sign_in

LATENESS: dict[str, frozenset[Lateness | None]] = {
    "at_risk": frozenset({Lateness.AT_RISK, Lateness.LATE}),
    "late": frozenset({Lateness.LATE}),
}
"""What the filter by lateness lets through; anything else lets everybody."""


async def fleet_page(request: Request) -> Response:
    """Show the technicians of the portal, those in trouble first."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    if not allows(person.role, Permission.WATCH_FLEET):
        return await error_page(request, 403)
    services = services_of(request)
    async with services.database.read() as tx:
        portal = await portals.get_portal(tx, person.portal_id)
    assert portal is not None  # noqa: S101 - staff refer to their portal
    areas, everybody = await services.fleet.see(person.portal_id)
    territory, lateness = (request.query_params.get(name, "") for name in ("territory", "lateness"))
    shown = [one for one in everybody if _passes(one, territory, lateness)]
    return await page_response(
        request,
        "staff/map.html",
        person=person,
        technicians=sorted(shown, key=urgency),
        kind_of=kind_of,
        late=sum(one.lateness is Lateness.LATE for one in shown),
        at_risk=sum(one.lateness is Lateness.AT_RISK for one in shown),
        areas=areas,
        territory=territory,
        lateness=lateness,
        now=services.clock(),
        zone=portal.time_zone,
        basemap=base_map(services.settings),
        style_url=services.settings.map_style_url or None,
        portal_name=portal.name,
        portal_demo=portal.demo,
    )


def _passes(technician: FleetTechnician, territory: str, lateness: str) -> bool:
    """Apply the filter; its twin is `passes` in `static/fleet/fleet.mjs`."""
    if territory and territory not in technician.territories:
        return False
    return lateness not in LATENESS or technician.lateness in LATENESS[lateness]
