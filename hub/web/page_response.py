"""Answers that are pages."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.web.credentials import services_of
from hub.web.forms import set_cookie
from hub.web.languages import COOKIE, PARAMETER, language_choices, reader_language
from hub.web.pages import render

_REMEMBER_LANGUAGE_S = 365 * 24 * 3_600


async def page_response(request: Request, template: str, status_code: int = 200, /, **context: object) -> Response:
    """Render a page in the reader's language. A page of no portal belongs to the demo where the hub runs one."""
    if "portal_demo" not in context:
        context |= {"portal_name": "Enroute", "portal_demo": await services_of(request).demo.runs()}
    language, choices = reader_language(request), language_choices(request)
    headers = {"Vary": "Accept-Language, Cookie", "Content-Language": language}
    page = render(template, language, language_choices=choices, **context)
    response = HTMLResponse(page, status_code, headers)
    if request.query_params.get(PARAMETER) == language:  # chosen on a page: the next ones speak it too
        set_cookie(request, response, COOKIE, language, max_age_s=_REMEMBER_LANGUAGE_S)
    return response


async def error_page(request: Request, status: int) -> Response:
    """Say what went wrong and what to do next."""
    return await page_response(
        request, "error.html", status, status=status, title=HTTPStatus(status).phrase, detail=None
    )


def wants_page(request: Request) -> bool:
    """Tell whether a person's browser asks."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
