"""`/staff`: the day's visits, where everybody is, what people were told, and links that enrol technicians' phones."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import ENDED
from hub.domain.roles import Permission, allows
from hub.domain.technician_day import local_days
from hub.services.enrol_technician import IssuedEnrolment, issue_enrolment
from hub.services.find_everybody import find_everybody
from hub.services.outcomes import UnknownResource
from hub.store import day_visits, devices, message_log, portals, resources
from hub.store.sessions import StaffSession
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import error_page, page_response
from hub.web.qr_code import qr_code
from hub.web.sessions import signed_in_staff, to_sign_in

SIGN_OUT = "/staff/sign-out"
MESSAGES = 20
NEXT = 20
"""How many visits are seen at once; later ones are unfolded."""


async def staff_page(request: Request) -> Response:
    """Show the day of the portal."""
    person = await signed_in_staff(request)
    return await _page(request, person) if person else to_sign_in(request)


async def post_enrolment(request: Request) -> Response:
    """Make an enrolment link for a technician and show it, once."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    if not allows(person.role, Permission.MANAGE_DEVICES):
        return await error_page(request, 403)
    try:
        await read_form(request)
    except FormRefused:
        return await _page(request, person, 403, refused=True)
    resource_id = request.path_params["resource_id"]
    if "\x00" in resource_id:  # no id holds one, and PostgreSQL refuses to look for it
        return await error_page(request, 404)
    services = services_of(request)
    issued = await issue_enrolment(
        services.database,
        services.settings.secret,
        resource_id,
        now=services.clock(),
        portal_id=person.portal_id,
    )
    if isinstance(issued, UnknownResource):
        return await error_page(request, 404)
    return await _page(request, person, issued=issued)


async def _page(
    request: Request,
    person: StaffSession,
    status_code: int = 200,
    *,
    issued: IssuedEnrolment | None = None,
    refused: bool = False,
) -> Response:
    services = services_of(request)
    now = services.clock()
    async with services.database.read() as tx:
        portal = await portals.get_portal(tx, person.portal_id)
        assert portal is not None  # noqa: S101 - staff refer to their portal
        since, before = local_days(now, ZoneInfo(portal.time_zone))
        visits = await day_visits.of_portal(tx, person.portal_id, since, before)
        messages = await message_log.latest(tx, person.portal_id, MESSAGES)
        technicians = await resources.under_way(tx, person.portal_id)
        their_devices = await devices.of_active_technicians(tx, person.portal_id)
    positions = await services.positions.of([one.id for one in technicians])
    everybody = find_everybody(
        technicians,
        positions or {},
        their_devices,
        visits,
        services.silence,
        now=now,
        lost_after=timedelta(seconds=services.settings.lost_after_s),
    )
    url = f"{services.settings.public_url}/tech/enrol/{issued.token}" if issued else None
    still_open = [visit for visit in visits if visit.status not in ENDED]
    page = await page_response(
        request,
        "staff/today.html",
        status_code,
        person=person,
        visits=still_open[:NEXT],
        later=still_open[NEXT:],
        over=[visit for visit in visits if visit.status in ENDED],
        messages=messages,
        everybody=everybody,
        positions_known=positions is not None,
        zone=portal.time_zone,
        now=now,
        issued=issued,
        issued_url=url,
        issued_qr=qr_code(url) if url else None,
        refused=refused,
        form_token=lambda action: form_token(request, action),
        sign_out=SIGN_OUT,
        portal_name=portal.name,
        portal_demo=portal.demo,
    )
    return keep_cookie(request, page)
