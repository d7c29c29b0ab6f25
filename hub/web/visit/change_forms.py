"""The forms by which a customer changes a visit: shown again, with what was typed, whenever they do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.domain.policies import Action
from hub.web.forms import form_token, keep_cookie
from hub.web.page_response import page_response
from hub.web.visit.opened import Opened, deadline_of, link_gone, may, open_visit

TEMPLATES: Mapping[Action, str] = {
    Action.RESCHEDULE: "visit_reschedule.html",
    Action.CANCEL: "visit_cancel.html",
    Action.UNDO: "visit_undo.html",
    Action.FEEDBACK: "visit_feedback.html",
}


async def form_page(request: Request, opened: Opened, action: Action, status: int = 200, /, **context: Any) -> Response:
    """Show the form of an action, or say that it is not possible now."""
    visit, path = opened.visit, f"{opened.path}/{action}"
    allowed = may(request, opened, action)
    shown = {
        "visit": visit,
        "link_path": opened.path,
        "portal_name": visit.portal_name,
        "portal_demo": visit.portal_demo,
        "form_token": form_token(request, path),
        "deadline": await deadline_of(request, opened),
        "error": None,
        "typed": {},
    } | context
    template = TEMPLATES[action] if allowed else "visit_not_now.html"
    return keep_cookie(request, await page_response(request, template, status if allowed else 409, **shown))


async def open_form(request: Request, action: Action, /, **context: Any) -> Response:
    """Show the form of an action to whoever opened the link. Changes nothing."""
    opened = await open_visit(request)
    return await link_gone(request) if opened is None else await form_page(request, opened, action, **context)


def back_to_visit(opened: Opened, done: str) -> Response:
    """Go back to the visit's page after a change, so that a reload repeats nothing."""
    return RedirectResponse(f"{opened.path}?done={done}", 303)
