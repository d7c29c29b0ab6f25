"""`/staff/visits/{id}/follow-up`: book another visit for the same work, for its contact."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.roles import Permission, allows
from hub.domain.slot_ids import read_slot
from hub.services.book_visit import Booked, NewVisit
from hub.services.find_slots import Wanted, find_slots
from hub.services.outcomes import SlotTaken, UnknownServiceType
from hub.store import accounts, bookings, day_visits, portals
from hub.store.sessions import StaffSession
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import error_page, page_response
from hub.web.sessions import see, signed_in_staff, to_sign_in
from hub.web.slot_choices import slot_choices
from hub.web.slot_wire import DEFAULT_SPAN


async def follow_up_page(request: Request) -> Response:
    """Show the times to choose from."""
    person = await signed_in_staff(request)
    return await _page(request, person) if person else to_sign_in(request)


async def post_follow_up(request: Request) -> Response:
    """Book the chosen time and go to the new visit."""
    person = await signed_in_staff(request)
    if person is None:
        return to_sign_in(request)
    try:
        chosen = (await read_form(request)).get("slot_id", "")
    except FormRefused:
        return await _page(request, person, 422, error="expired")
    services, found = services_of(request), await _find(request, person)
    slot = read_slot(chosen, services.settings.secret, services.clock())
    if slot is None or found is None:
        return await _page(request, person, 422, error="choose")
    new = NewVisit(
        slot=slot,
        hold_id=None,
        contact=None,
        location=None,
        notes="",
        actor=f"staff:{person.staff_id}",
        work_order_id=found.work_order_id,
    )
    outcome = await services.change.book(new)
    if isinstance(outcome, Booked):
        return see(f"/staff/visits/{outcome.booking_id}?done=booked")
    taken = isinstance(outcome, SlotTaken)
    return await _page(request, person, 409 if taken else 422, error="taken" if taken else "choose")


async def _find(request: Request, person: StaffSession) -> bookings.Booking | None:
    """Find the visit in the path, if this person may book for its work."""
    booking_id = request.path_params["booking_id"]
    if "\x00" in booking_id or not allows(person.role, Permission.CHANGE_BOOKINGS):
        return None
    async with services_of(request).database.read() as tx:
        found = await bookings.get(tx, booking_id)
    return found if found and found.portal_id == person.portal_id else None


async def _page(
    request: Request, person: StaffSession, status_code: int = 200, *, error: str | None = None
) -> Response:
    services, found = services_of(request), await _find(request, person)
    if found is None:
        return await error_page(request, 404)
    now = services.clock()
    async with services.database.read() as tx:
        visit = await day_visits.of_booking(tx, found.portal_id, found.id)
        location = await accounts.get_location(tx, found.portal_id, found.location_id)
        portal = await portals.get_portal(tx, person.portal_id)
    if visit is None or location is None or portal is None:
        return await error_page(request, 404)
    wanted = Wanted(
        portal_id=found.portal_id,
        service_type_id=found.service_type_id,
        place=Point(location.lat, location.lon),
        location_id=location.id,
    )
    within = Interval(now, now + DEFAULT_SPAN)
    slots = await find_slots(services.database, wanted, within, now, roads=services.roads)
    path = f"/staff/visits/{found.id}/follow-up"
    page = await page_response(
        request,
        "staff/follow_up.html",
        status_code,
        visit=visit,
        path=path,
        zone=location.time_zone,
        error=error,
        form_token=form_token(request, path),
        portal_name=portal.name,
        portal_demo=portal.demo,
        **slot_choices(request, [] if isinstance(slots, UnknownServiceType) else slots, ZoneInfo(location.time_zone)),
    )
    return keep_cookie(request, page)
