"""Forms of pages: what was typed, and that it was typed on a page of ours.

A form carries a token that is bound to a cookie of the same browser and to the form's own address. Whoever only has
the address of a page, such as a mail scanner or another site, has not both.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from hub.web.bodies import read_body
from hub.web.credentials import services_of
from hub.web.problems import Problem

COOKIE = "enroute_form"
FIELD = "form_token"
LARGEST_FORM = 64 * 1024
MOST_FIELDS = 50
_COOKIE_BYTES = 24


class FormRefused(Exception):
    """The form's token is missing, or not this browser's: show the form again."""


def form_token(request: Request, action: str) -> str:
    """Make the token of a form that posts to the path `action`; `keep_cookie` must get the answer that shows it."""
    cookie = request.cookies.get(COOKIE) or getattr(request.state, "form_cookie", None)
    if not cookie:
        cookie = request.state.form_cookie = secrets.token_urlsafe(_COOKIE_BYTES)
    return _token(request, cookie, action)


def keep_cookie(request: Request, response: Response) -> Response:
    """Give the browser the cookie that the page's forms are bound to, where it has none yet."""
    made: str | None = getattr(request.state, "form_cookie", None)
    if made:
        set_cookie(request, response, COOKIE, made)
    return response


def set_cookie(
    request: Request, response: Response, name: str, value: str, max_age_s: int | None = None, path: str = "/"
) -> None:
    """Set a cookie that scripts cannot read and other sites do not send."""
    secure = services_of(request).settings.public_url.startswith("https://")
    response.set_cookie(name, value, max_age=max_age_s, httponly=True, samesite="lax", secure=secure, path=path)


async def read_form(request: Request) -> Mapping[str, str]:
    """Read a posted form; of a field named twice the last counts.

    Raises `FormRefused` without the token of this browser and path, `Problem` for what is too large or no form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem(415, "Expected application/json or a form.")
    body = await read_body(request, LARGEST_FORM)
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise Problem(400, "The form cannot be read.") from None
    cookie = request.cookies.get(COOKIE, "")
    wanted, sent = _token(request, cookie, request.url.path), fields.get(FIELD, "")
    if not cookie or not hmac.compare_digest(wanted.encode(), sent.encode()):
        raise FormRefused
    return fields


def _token(request: Request, cookie: str, action: str) -> str:
    secret = services_of(request).settings.secret
    return hmac.new(secret, f"form:{action}:{cookie}".encode(), "sha256").hexdigest()
