"""Answers that are pages."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hub.web.credentials import services_of
from hub.web.pages import choose_language, render


async def page_response(request: Request, template: str, status_code: int = 200, /, **context: object) -> Response:
    """Render a page in the reader's language. A page of no portal belongs to the demo where the hub runs one."""
    if "portal_demo" not in context:
        context |= {"portal_name": "Enroute", "portal_demo": await services_of(request).demo.runs()}
    language = choose_language(request.headers.get("accept-language"))
    headers = {"Vary": "Accept-Language", "Content-Language": language}
    return HTMLResponse(render(template, language, **context), status_code, headers)


async def error_page(request: Request, status: int) -> Response:
    """Say what went wrong and what to do next."""
    return await page_response(
        request, "error.html", status, status=status, title=HTTPStatus(status).phrase, detail=None
    )


def wants_page(request: Request) -> bool:
    """Tell whether a person's browser asks."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")
