"""Who is signed in with the browser that asks, by its session cookie.

Staff and technicians have a cookie each, so that one browser may be both.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.store.sessions import StaffSession, TechnicianSession
from hub.web.credentials import services_of
from hub.web.forms import set_cookie
from hub.web.page_response import page_response

STAFF_COOKIE = "enroute_session"
TECHNICIAN_COOKIE = "enroute_technician"
SIGN_IN = "/staff/sign-in"
_OWN_PATH = re.compile(r"/(?!/)[\x21-\x5b\x5d-\x7e]*")
"""A path of ours: no second slash, which would name another host, and neither backslash nor control characters, which
browsers turn into slashes or drop."""


async def signed_in_staff(request: Request) -> StaffSession | None:
    """Tell which member of staff asks, None where nobody is signed in."""
    token = request.cookies.get(STAFF_COOKIE)
    return await services_of(request).sign_in.staff_of(token) if token else None


async def signed_in_technician(request: Request) -> TechnicianSession | None:
    """Tell which technician asks, None where nobody is signed in."""
    token = request.cookies.get(TECHNICIAN_COOKIE)
    return await services_of(request).sign_in.technician_of(token) if token else None


def begin_session(request: Request, response: Response, cookie: str, token: str, expires_at: datetime) -> None:
    """Give the browser a session's token."""
    stays_s = int((expires_at - services_of(request).clock()).total_seconds())
    set_cookie(request, response, cookie, token, stays_s)


async def end_session(request: Request, cookie: str) -> None:
    """End the session that the browser has, if any."""
    if token := request.cookies.get(cookie):
        await services_of(request).sign_in.end(token)


def forget_session(response: Response, cookie: str) -> None:
    """Take the cookie away."""
    response.delete_cookie(cookie, path="/", httponly=True, samesite="lax")


def see(path: str) -> Response:
    """Answer a form: look there now."""
    return RedirectResponse(path, 303)


def to_sign_in(request: Request) -> Response:
    """Send staff to sign in, and back to this page afterwards."""
    return see(f"{SIGN_IN}?next={quote(request.url.path, safe='')}")


def own_path(text: str | None, default: str) -> str:
    """Read where to go after signing in: a path of this hub, never another site."""
    return text if text and _OWN_PATH.fullmatch(text) else default


async def to_enrolment(request: Request) -> Response:
    """Tell a technician whose phone is not enrolled what to do."""
    return await page_response(request, "technician/not_enrolled.html", 401)
