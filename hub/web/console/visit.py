"""`/staff/visits/{id}`: one visit, who comes and whether in time, and what its customer was told."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission, allows
from hub.domain.work_order import WorkOrderStatus
from hub.services.invite_contact import LASTS, IssuedInvitation, invite_contact
from hub.store import bookings, day_visits, message_log, portals
from hub.store.sessions import StaffSession
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import error_page, page_response
from hub.web.sessions import signed_in_staff, to_sign_in

MESSAGES = 50


async def visit_page(request: Request) -> Response:
    """Show a visit to staff of its portal."""
    person = await signed_in_staff(request)
    return await _page(request, person) if person else to_sign_in(request)


async def post_invitation(request: Request) -> Response:
    """Make a link by which the visit's contact books, and show it, once."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    if not allows(person.role, Permission.CHANGE_BOOKINGS):
        return await error_page(request, 403)
    try:
        await read_form(request)
    except FormRefused:
        return await _page(request, person, 403, refused=True)
    services, booking_id = services_of(request), request.path_params["booking_id"]
    if "\x00" in booking_id:
        return await error_page(request, 404)
    async with services.database.read() as tx:
        booking = await bookings.get(tx, booking_id)
    now = services.clock()
    issued = booking and await invite_contact(
        services.database,
        services.settings.secret,
        booking.contact_id,
        expires_at=now + LASTS,
        now=now,
        portal_id=person.portal_id,
    )
    if not isinstance(issued, IssuedInvitation):
        return await error_page(request, 404)
    return await _page(request, person, issued=issued)


async def _page(
    request: Request,
    person: StaffSession,
    status_code: int = 200,
    *,
    issued: IssuedInvitation | None = None,
    refused: bool = False,
) -> Response:
    if not allows(person.role, Permission.READ_BOOKINGS):
        return await error_page(request, 403)
    services, booking_id = services_of(request), request.path_params["booking_id"]
    if "\x00" in booking_id:  # no id holds one, and PostgreSQL refuses to look for it
        return await error_page(request, 404)
    async with services.database.read() as tx:
        visit = await day_visits.of_booking(tx, person.portal_id, booking_id)
        booking = await bookings.get(tx, booking_id)
        portal = await portals.get_portal(tx, person.portal_id)
        messages = await message_log.latest(tx, person.portal_id, MESSAGES, booking_id=booking_id)
    if visit is None:
        return await error_page(request, 404)
    assert portal is not None  # noqa: S101 - staff refer to their portal
    _, everybody = await services.fleet.see(person.portal_id)
    now_at = (one for one in everybody if one.visit is not None and one.visit.id == booking_id)
    invite = f"/staff/visits/{booking_id}/invitation"
    page = await page_response(
        request,
        "staff/visit.html",
        status_code,
        issued=issued,
        issued_url=f"{services.settings.public_url}/book/{issued.token}" if issued else None,
        refused=refused,
        invite=invite,
        invite_token=form_token(request, invite),
        visit=visit,
        override_reason=booking.override_reason if booking else None,
        to_be_booked=booking is not None and booking.work_order_status == WorkOrderStatus.UNSCHEDULED,
        may_book=allows(person.role, Permission.CHANGE_BOOKINGS),
        booked=request.query_params.get("done") == "booked",
        coming=next(now_at, None),
        messages=messages,
        now=services.clock(),
        zone=portal.time_zone,
        portal_name=portal.name,
        portal_demo=portal.demo,
    )
    return keep_cookie(request, page)
