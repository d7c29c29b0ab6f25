"""`/staff/durations`: how long each kind of work really took, and the button that plans it so."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission, allows
from hub.services.propose_durations import LEARNS_FROM, accept_duration
from hub.store import portals, work_durations
from hub.store.sessions import StaffSession
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import error_page, page_response
from hub.web.sessions import see, signed_in_staff, to_sign_in

PATH = "/staff/durations"
OUTCOMES = ("accepted", "changed")


async def durations_page(request: Request) -> Response:
    """Show the evidence."""
    person = await signed_in_staff(request)
    return await _page(request, person) if person else to_sign_in(request)


async def post_duration(request: Request) -> Response:
    """Plan what is proposed for a service type, as it was shown."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    if not allows(person.role, Permission.CHANGE_DIRECTORY):
        return await error_page(request, 403)
    try:
        seen = (await read_form(request)).get("proposed_s", "")
    except FormRefused:
        return await _page(request, person, 403, refused=True)
    services, service_type_id = services_of(request), request.path_params["service_type_id"]
    if "\x00" in service_type_id or not (seen.isascii() and seen.isdigit() and len(seen) < 7):
        return await error_page(request, 404)
    accepted = await accept_duration(
        services.database,
        person.portal_id,
        service_type_id,
        int(seen),
        actor=f"staff:{person.staff_id}",
        now=services.clock(),
    )
    return see(f"{PATH}?done={'accepted' if accepted else 'changed'}")


async def _page(request: Request, person: StaffSession, status_code: int = 200, *, refused: bool = False) -> Response:
    services = services_of(request)
    async with services.database.read() as tx:
        portal = await portals.get_portal(tx, person.portal_id)
        proposals = await work_durations.of_portal(tx, person.portal_id)
    assert portal is not None  # noqa: S101 - staff refer to their portal
    done = request.query_params.get("done")
    page = await page_response(
        request,
        "staff/durations.html",
        status_code,
        person=person,
        proposals=proposals,
        days=LEARNS_FROM.days,
        may_change=allows(person.role, Permission.CHANGE_DIRECTORY),
        done=done if done in OUTCOMES else None,
        refused=refused,
        path=PATH,
        form_token=lambda action: form_token(request, action),
        portal_name=portal.name,
        portal_demo=portal.demo,
    )
    return keep_cookie(request, page)
