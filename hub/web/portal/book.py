"""`/book`: what is needed, and where; then a time and who somebody is. Back keeps answers, and no script is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.slot_ids import Slot, read_slot
from hub.services.book_visit import Booked, NewVisit
from hub.services.customers import Contact, Place
from hub.services.find_slots import Wanted, find_slots
from hub.services.outcomes import SlotTaken, UnknownServiceType
from hub.services.public_booking import bookable_services, public_portal
from hub.store.portals import Portal
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.languages import reader_language
from hub.web.page_response import error_page, page_response
from hub.web.portal.need import PLACES, Need, read_contact, read_need
from hub.web.slot_choices import slot_choices
from hub.web.slot_wire import DEFAULT_SPAN

TIMES_PATH = "/book/times"


async def book_page(request: Request) -> Response:
    """Ask what is needed, and where."""
    portal = await public_portal(services_of(request).database)
    if portal is None:
        return await error_page(request, 404)
    return await _need_page(request, portal)


async def times_page(request: Request) -> Response:
    """Show times to choose from, and ask who somebody is."""
    portal = await public_portal(services_of(request).database)
    if portal is None:
        return await error_page(request, 404)
    need = await read_need(request, portal)
    if not isinstance(need, Need):
        return await _need_page(request, portal, 422, faults=need)
    return await _times(request, portal, need)


async def post_times(request: Request) -> Response:
    """Book the chosen time, or show the page again with what was typed; also where another day is asked for."""
    services = services_of(request)
    portal = await public_portal(services.database)
    if portal is None:
        return await error_page(request, 404)
    need = await read_need(request, portal)
    if not isinstance(need, Need):
        return await _need_page(request, portal, 422, faults=need)
    try:
        typed = await read_form(request)
    except FormRefused:
        return await _times(request, portal, need, 422, error="expired")
    if (day := typed.get("show_day")) is not None:
        return await _times(request, portal, need, typed=typed, day=day)
    address = request.client.host if request.client else ""
    if services.caller_rates.wait_s(address):
        return await _times(request, portal, need, 429, error="busy", typed=typed)
    services.caller_rates.count(address)
    slot = read_slot(typed.get("slot_id", ""), services.settings.secret, services.clock())
    contact = read_contact(request, typed)
    faults = {} if isinstance(contact, Contact) else contact
    if slot is None or not isinstance(contact, Contact):
        return await _times(
            request, portal, need, 422, error="choose" if slot is None else None, typed=typed, faults=faults
        )
    return await _book(request, portal, need, slot, contact, typed)


async def _book(
    request: Request, portal: Portal, need: Need, slot: Slot, contact: Contact, typed: Mapping[str, str]
) -> Response:
    place = Place(address=need.place.address, lat=need.place.lat, lon=need.place.lon)
    notes = typed.get("notes", "").replace("\x00", "")[:4_000]
    new = NewVisit(slot=slot, hold_id=None, contact=contact, location=place, notes=notes, actor="public")
    fits = (slot.portal_id, slot.service_type_id) == (portal.id, need.service.id)
    outcome = await services_of(request).change.book(new) if fits else None
    if isinstance(outcome, Booked):
        return RedirectResponse(f"/v/{outcome.manage.token}?done=booked", 303)
    taken = isinstance(outcome, SlotTaken)
    return await _times(request, portal, need, 409 if taken else 422, error="taken" if taken else "choose", typed=typed)


async def _need_page(request: Request, portal: Portal, status: int = 200, faults: Mapping[str, str] = {}) -> Response:
    services = await bookable_services(services_of(request).database, portal.id, reader_language(request))
    return await page_response(
        request,
        "book.html",
        status,
        portal_name=portal.name,
        portal_demo=portal.demo,
        services=services,
        places=portal.switches.get(PLACES) or [],
        typed=dict(request.query_params),
        faults=faults,
    )


async def _times(
    request: Request,
    portal: Portal,
    need: Need,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] = {},
    faults: Mapping[str, str] = {},
    day: str | None = None,
) -> Response:
    services = services_of(request)
    now, place = services.clock(), Point(need.place.lat, need.place.lon)
    wanted = Wanted(portal_id=portal.id, service_type_id=need.service.id, place=place)
    within = Interval(now, now + DEFAULT_SPAN)
    found = await find_slots(services.database, wanted, within, now, roads=services.roads)
    slots = [] if isinstance(found, UnknownServiceType) else found
    chosen = read_slot(typed.get("slot_id", ""), services.settings.secret, now)
    chosen_at = chosen.visit.starts_at if chosen else None
    context: dict[str, Any] = slot_choices(request, slots, ZoneInfo(portal.time_zone), day=day, chosen_at=chosen_at)
    answer = await page_response(
        request,
        "book_times.html",
        status,
        portal_name=portal.name,
        portal_demo=portal.demo,
        service=need.service,
        place=need.place,
        query=need.query,
        zone=portal.time_zone,
        form_token=form_token(request, TIMES_PATH),
        error=error,
        typed=typed,
        faults=faults,
        **context,
    )
    return keep_cookie(request, answer)
