"""`/tech`: where next, and am I visible?"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import BookingStatus
from hub.domain.technician_day import MAIN_STEP, SIDE_STEPS, STEPS, current_visit
from hub.domain.tokens import device_token
from hub.services.change_status import StatusRefused
from hub.services.outcomes import UnknownBooking
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
from hub.web.technician.calls import call_token, is_call
from hub.web.technician.day import mark_of, own_visit, read_day
from hub.web.technician.shell import VERSION_HEADER, module_url, shell_version
from hub.web.technician.steps import call_status
from hub.web.technician.words import PHRASES, STEP_WORDS

SIGN_OUT = "/tech/sign-out"


async def technician_page(request: Request) -> Response:
    """Show the technician's next visit and the rest of the day."""
    technician = await signed_in_technician(request)
    return await _page(request, technician) if technician else await to_enrolment(request)


async def post_status(request: Request) -> Response:
    """Set the status of one of the technician's own visits; pressed twice it counts once."""
    if is_call(request):
        return await call_status(request)
    technician = await signed_in_technician(request)
    if technician is None:
        return await to_enrolment(request)
    visit = await own_visit(request, technician)
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
    """Take the phone back from the technician, with all that the browser has kept for them."""
    try:
        await read_form(request)
    except FormRefused:
        return see("/tech")
    await end_session(request, TECHNICIAN_COOKIE)
    response = await page_response(request, "technician/not_enrolled.html", signed_out=True)
    response.headers["Clear-Site-Data"] = '"storage"'
    forget_session(response, TECHNICIAN_COOKIE)
    return response


async def _page(
    request: Request, technician: TechnicianSession, status_code: int = 200, *, notice: str | None = None
) -> Response:
    services = services_of(request)
    now = services.clock()
    async with services.database.read() as tx:
        visits = await read_day(tx, technician, now)
    current = current_visit(visits)
    page = await page_response(
        request,
        "technician/page.html",
        status_code,
        technician=technician,
        current=current,
        visits=visits,
        days=_by_day(visits, current, technician.time_zone),
        mark=mark_of(visits, technician, now),
        today=now,
        notice=notice,
        main_step=MAIN_STEP,
        side_steps=SIDE_STEPS,
        step_words=STEP_WORDS,
        phrases=PHRASES,
        form_token=lambda action: form_token(request, action),
        sign_out=SIGN_OUT,
        device_id=technician.device_id,
        device_token=device_token(services.settings.secret, technician.device_id),
        call_token=call_token(request),
        shell=shell_version(),
        module_url=module_url,
        traveling=any(visit.status is BookingStatus.TRAVELING for visit in visits),
        tracked=services.hours.tracked(technician.resource_id, now),
        portal_name=technician.portal_name,
        portal_demo=technician.portal_demo,
    )
    page.headers[VERSION_HEADER] = shell_version()
    return keep_cookie(request, page)


def _by_day(visits: list[DayVisit], current: DayVisit | None, zone: str) -> list[tuple[datetime, list[DayVisit]]]:
    """Group what is not shown large by its day."""
    days: dict[object, list[DayVisit]] = {}
    for visit in visits:
        if visit is not current:
            days.setdefault(visit.starts_at.astimezone(ZoneInfo(zone)).date(), []).append(visit)
    return [(found[0].starts_at, found) for found in days.values()]
