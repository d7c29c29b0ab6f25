"""Answers to requests that reach no handler, or that a handler could not finish."""

from __future__ import annotations

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.web.page_response import error_page, wants_page
from hub.web.problems import Problem, ProblemResponse

log = structlog.get_logger()


async def answer_http_exception(request: Request, exc: Exception) -> Response:
    """Answer an unknown path or method: a page for people, a problem document for programs."""
    assert isinstance(exc, HTTPException)  # noqa: S101 - registered for this class only
    if wants_page(request):
        return await error_page(request, exc.status_code)
    return ProblemResponse(Problem(exc.status_code, exc.detail, headers=exc.headers))


async def answer_database_away(request: Request, exc: Exception) -> Response:
    """Answer what needs the database while it is away."""
    log.warning("database away", path=request.scope["route"].path if "route" in request.scope else None, fault=str(exc))
    if wants_page(request):
        return await error_page(request, 503)
    return ProblemResponse(Problem(503, "The database does not answer. Try again soon.", headers={"Retry-After": "5"}))


async def answer_server_error(request: Request, exc: Exception) -> Response:
    """Answer a fault of ours; the log has the trace, the answer tells nothing about it."""
    log.error("request failed", path=request.scope["route"].path if "route" in request.scope else None, exc_info=exc)
    if wants_page(request):
        return await error_page(request, 500)
    return ProblemResponse(Problem(500, "Something went wrong on our side."))
