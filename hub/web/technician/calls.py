"""Calls of the technician's page: JSON, with the session's cookie and a token that only pages of ours know."""

from __future__ import annotations

import hmac

from starlette.requests import Request

from hub.store.sessions import TechnicianSession
from hub.web.credentials import services_of
from hub.web.problems import Problem
from hub.web.sessions import TECHNICIAN_COOKIE, signed_in_technician

HEADER = "X-Call-Token"
JSON = "application/json"


def call_token(request: Request) -> str:
    """Make the token of a session's calls. It lives as long as the session: a page may be used offline for days."""
    cookie = request.cookies.get(TECHNICIAN_COOKIE, "")
    return hmac.new(services_of(request).settings.secret, f"call:{cookie}".encode(), "sha256").hexdigest()


def is_call(request: Request) -> bool:
    """Tell whether the page's script asks, and not a form."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == JSON


async def caller(request: Request) -> TechnicianSession:
    """Tell which technician calls; 401 where nobody is signed in, 403 where another site may have asked."""
    technician = await signed_in_technician(request)
    if technician is None:
        raise Problem(401, "This phone is not enrolled.")
    if not is_call(request):
        raise Problem(415, "Expected application/json.")
    if not hmac.compare_digest(call_token(request).encode(), request.headers.get(HEADER, "").encode()):
        raise Problem(403, "The call's token is missing or not this session's.")
    return technician
