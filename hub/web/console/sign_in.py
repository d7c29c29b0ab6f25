"""`/staff/sign-in` and `/staff/sign-out`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from hub.services.sign_in import TooManyTries, WrongPassword
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, form_token, keep_cookie, read_form
from hub.web.page_response import page_response
from hub.web.sessions import (
    SIGN_IN,
    STAFF_COOKIE,
    begin_session,
    end_session,
    forget_session,
    own_path,
    see,
    signed_in_staff,
)

HOME = "/staff"


@dataclass(frozen=True)
class _Shown:
    """What the form shows: what was typed, never the password, and what is wrong with it."""

    next_path: str
    email: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    """By field; `form` stands for the whole."""


async def sign_in_page(request: Request) -> Response:
    """Show the form; who is signed in already goes on."""
    next_path = own_path(request.query_params.get("next"), HOME)
    if await signed_in_staff(request):
        return see(next_path)
    return await _page(request, _Shown(next_path))


async def post_sign_in(request: Request) -> Response:
    """Sign in, with a session of its own each time."""
    try:
        form = await read_form(request)
    except FormRefused:
        return await _page(request, _Shown(HOME, faults={"form": "refused"}), 403)
    email, password = form.get("email", "").strip(), form.get("password", "")
    next_path = own_path(form.get("next"), HOME)
    faults = {name: "missing" for name, text in (("email", email), ("password", password)) if not text}
    if faults:
        return await _page(request, _Shown(next_path, email, faults), 422)
    address = request.client.host if request.client else ""
    outcome = await services_of(request).sign_in.with_password(email, password, address)
    if isinstance(outcome, TooManyTries):
        response = await _page(request, _Shown(next_path, email, {"form": "too_many"}), 429)
        response.headers["Retry-After"] = str(math.ceil(outcome.wait_s))
        return response
    if isinstance(outcome, WrongPassword):
        return await _page(request, _Shown(next_path, email, {"form": "wrong"}), 422)
    await end_session(request, STAFF_COOKIE)
    response = see(next_path)
    begin_session(request, response, STAFF_COOKIE, outcome.token, outcome.expires_at)
    return response


async def post_sign_out(request: Request) -> Response:
    """End the session."""
    try:
        await read_form(request)
    except FormRefused:
        return see(HOME)
    await end_session(request, STAFF_COOKIE)
    response = see(SIGN_IN)
    forget_session(response, STAFF_COOKIE)
    return response


async def _page(request: Request, shown: _Shown, status_code: int = 200) -> Response:
    page = await page_response(
        request, "staff/sign_in.html", status_code, shown=shown, form_token=form_token(request, SIGN_IN), action=SIGN_IN
    )
    return keep_cookie(request, page)
