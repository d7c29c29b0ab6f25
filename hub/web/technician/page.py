"""`/tech`: where next, and am I visible?"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import ENDED, BookingStatus
from hub.domain.technician_day import MAIN_STEP, SIDE_STEPS, STEPS, current_visit, local_days
from hub.domain.tokens import device_token
from hub.services.change_status import StatusRefused
from hub.services.outcomes import UnknownBooking
from hub.store import day_visits
from hub.store.day_visits import DayVisit
from hub.store.sessions import TechnicianSession
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import error_page, page_response
from hub.web.sessions import (
    TECHNICIAN_COOKIE,
    end_session,
    forget_session,
    see,
    signed_in_technician,
    to_enrolment,
)

SIGN_OUT = "/tech/sign-out"
DAYS = 2
"""Today and tomorrow."""


async def technician_page(request: Request) -> Response:
    """Show the technician's next visit and the rest of the day."""
    technician = await signed_in_technician(request)
    return await _page(request, technician) if technician else await to_enrolment(request)


async def post_status(request: Request) -> Response:
    """Set the status of one of the technician's own visits; pressed twice it counts once."""
    technician = await signed_in_technician(request)
    if technician is None:
        return await to_enrolment(request)
    visit = await _own_visit(request, technician)
    if visit is None:
        return await error_page(request, 404)
    try:
        wanted = (await read_form(request)).get("status")
    except FormRefused:
        return await _page(request, technician, 403, notice="refused")
    if wanted not in STEPS:
        return await _page(request, technician, 422, notice="refused")
    outcome = await services_of(request).change.status(
        visit.booking_id,
        BookingStatus(wanted),
        at=None,
        actor=f"technician:{technician.resource_id}",
        portal_id=technician.portal_id,
        unfinished=False,
    )
    if isinstance(outcome, UnknownBooking):
        return await error_page(request, 404)
    if isinstance(outcome, StatusRefused):
        return await _page(request, technician, 409, notice="changed")
    return see("/tech")


async def post_sign_out(request: Request) -> Response:
    """Take the phone back from the technician."""
    try:
        await read_form(request)
    except FormRefused:
        return see("/tech")
    await end_session(request, TECHNICIAN_COOKIE)
    response = await page_response(request, "technician/not_enrolled.html", signed_out=True)
    forget_session(response, TECHNICIAN_COOKIE)
    return response


async def _own_visit(request: Request, technician: TechnicianSession) -> DayVisit | None:
    booking_id = request.path_params["booking_id"]
    if "\x00" in booking_id:  # no id holds one, and PostgreSQL refuses to look for it
        return None
    async with services_of(request).database.read() as tx:
        return await day_visits.get(tx, technician.resource_id, booking_id)


async def _page(
    request: Request, technician: TechnicianSession, status_code: int = 200, *, notice: str | None = None
) -> Response:
    services = services_of(request)
    now = services.clock()
    since, before = local_days(now, ZoneInfo(technician.time_zone), DAYS)
    async with services.database.read() as tx:
        visits = await day_visits.of_technician(tx, technician.resource_id, since, before)
    visits = [visit for visit in visits if visit.status is not BookingStatus.CANCELED]
    current = current_visit(visits)
    page = await page_response(
        request,
        "technician/page.html",
        status_code,
        technician=technician,
        current=current,
        days=_by_day(visits, current, technician.time_zone),
        today=now,
        done=sum(visit.status in ENDED for visit in visits),
        notice=notice,
        main_step=MAIN_STEP,
        side_steps=SIDE_STEPS,
        form_token=lambda action: form_token(request, action),
        sign_out=SIGN_OUT,
        device_id=technician.device_id,
        device_token=device_token(services.settings.secret, technician.device_id),
        traveling=any(visit.status is BookingStatus.TRAVELING for visit in visits),
        portal_name=technician.portal_name,
        portal_demo=technician.portal_demo,
    )
    return keep_cookie(request, page)


def _by_day(visits: list[DayVisit], current: DayVisit | None, zone: str) -> list[tuple[datetime, list[DayVisit]]]:
    """Group what is not shown large by its day."""
    days: dict[object, list[DayVisit]] = {}
    for visit in visits:
        if visit is not current:
            days.setdefault(visit.starts_at.astimezone(ZoneInfo(zone)).date(), []).append(visit)
    return [(found[0].starts_at, found) for found in days.values()]
