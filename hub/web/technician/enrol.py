"""`/tech/enrol/{token}`: what an enrolment link opens. Only its button enrols: mail scanners open every link."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from hub.services.enrol_technician import EnrolmentGone, enrol, open_enrolment
from hub.store.enrolments import Enrolment
from hub.web.credentials import services_of
from hub.web.forms import COOKIE, FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import page_response
from hub.web.sessions import TECHNICIAN_COOKIE, begin_session, end_session, see, signed_in_technician


async def enrolment_page(request: Request) -> Response:
    """Show whose phone this one would become."""
    found = await _find(request)
    if isinstance(found, EnrolmentGone):
        return await _gone(request)
    return await _page(request, found)


async def post_enrolment(request: Request) -> Response:
    """Make this phone the technician's; a double press gets the answer of the first one again."""
    try:
        await read_form(request)
    except FormRefused:
        found = await _find(request)
        return await (_gone(request) if isinstance(found, EnrolmentGone) else _page(request, found, refused=True))
    services = services_of(request)
    outcome = await enrol(
        services.database,
        services.settings.secret,
        request.path_params["token"],
        browser=request.cookies[COOKIE],
        now=services.clock(),
    )
    if isinstance(outcome, EnrolmentGone):
        return await _gone(request)
    await end_session(request, TECHNICIAN_COOKIE)
    response = see("/tech")
    begin_session(request, response, TECHNICIAN_COOKIE, outcome.session_token, outcome.expires_at)
    return response


async def _find(request: Request) -> Enrolment | EnrolmentGone:
    services = services_of(request)
    return await open_enrolment(services.database, request.path_params["token"], services.clock())


async def _page(request: Request, found: Enrolment, *, refused: bool = False) -> Response:
    page = await page_response(
        request,
        "technician/enrol.html",
        403 if refused else 200,
        enrolment=found,
        form_token=form_token(request, request.url.path),
        action=request.url.path,
        refused=refused,
        portal_name=found.portal_name,
        portal_demo=found.portal_demo,
    )
    return keep_cookie(request, page)


async def _gone(request: Request) -> Response:
    """Say that the link is of no use; a phone that is enrolled already goes on, as after a second press."""
    if request.method == "POST" and await signed_in_technician(request):
        return see("/tech")
    return await page_response(request, "technician/enrolment_gone.html", 404)
