"""`/v/{token}/cancel`, `/undo` and `/feedback`: what else a customer may do with a visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.policies import Action
from hub.services.change_status import StatusChanged, StatusUnchanged
from hub.services.leave_feedback import Thanked
from hub.services.outcomes import SlotTaken
from hub.services.reschedule_visit import Moved
from hub.web.bodies import parse_json, read_body, read_json
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, read_form
from hub.web.problems import Problem
from hub.web.slot_wire import slot_taken
from hub.web.visit.change_forms import back_to_visit, form_page, open_form
from hub.web.visit.opened import (
    Opened,
    answer_snapshot,
    link_gone,
    may,
    open_visit,
    opened_or_problem,
    require,
    speaks_json,
)

REASONS = ("not_needed", "other_time", "somebody_else", "other")
"""Why a customer cancels, as the form offers it; the page says it in words."""
LONGEST_COMMENT = 4_000

Comment = Annotated[str, Meta(max_length=LONGEST_COMMENT, pattern=r"^[^\x00]*$")]


class CancelBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why the visit is canceled."""

    reason: Comment = ""


class FeedbackBody(msgspec.Struct, frozen=True, kw_only=True):
    """How the visit was."""

    rating: Annotated[int, Meta(ge=1, le=5)]
    comment: Comment = ""


async def cancel_page(request: Request) -> Response:
    """Ask why, and whether it is meant."""
    return await open_form(request, Action.CANCEL)


async def undo_page(request: Request) -> Response:
    """Ask whether the last change shall be taken back."""
    return await open_form(request, Action.UNDO)


async def feedback_page(request: Request) -> Response:
    """Ask how the visit was."""
    return await open_form(request, Action.FEEDBACK)


async def cancel_by_link(request: Request) -> Response:
    """Cancel the visit; the same again has no effect."""
    if not speaks_json(request):
        return await _by_form(request, Action.CANCEL)
    opened = await opened_or_problem(request)
    raw = await read_body(request)
    body = parse_json(raw, CancelBody) if raw else CancelBody()
    if not _is_canceled(opened):
        require(request, opened, Action.CANCEL)
    if not await _cancel(request, opened, body.reason):
        raise Problem(409, "This visit can no longer be canceled.")
    return await answer_snapshot(request)


async def undo_by_link(request: Request) -> Response:
    """Take the last reschedule or cancel back, if the old time is still free."""
    if not speaks_json(request):
        return await _by_form(request, Action.UNDO)
    opened = await opened_or_problem(request)
    require(request, opened, Action.UNDO)
    outcome = await _undo(request, opened)
    if isinstance(outcome, SlotTaken):
        raise slot_taken(request, outcome.others)
    if not isinstance(outcome, Moved):
        raise Problem(409, "There is nothing to take back any more.")
    return await answer_snapshot(request)


async def feedback_by_link(request: Request) -> Response:
    """Say how the visit was; a later word replaces an earlier one."""
    if not speaks_json(request):
        return await _by_form(request, Action.FEEDBACK)
    opened = await opened_or_problem(request)
    require(request, opened, Action.FEEDBACK)
    body = await read_json(request, FeedbackBody)
    if not await _give_feedback(request, opened, body.rating, body.comment):
        raise Problem(409, "This visit takes no feedback any more.")
    return await answer_snapshot(request)


async def _by_form(request: Request, action: Action) -> Response:
    opened = await open_visit(request)
    if opened is None:
        return await link_gone(request)
    try:
        typed = await read_form(request)
    except FormRefused:
        return await form_page(request, opened, action, 422, error="expired")
    if action is Action.CANCEL and _is_canceled(opened):  # the button was pressed twice
        return back_to_visit(opened, str(action))
    if not may(request, opened, action):
        return await form_page(request, opened, action)
    error = await _do(request, opened, action, typed)
    if error is None:
        return back_to_visit(opened, str(action))
    return await form_page(request, opened, action, 409 if error == "taken" else 422, error=error, typed=typed)


async def _do(request: Request, opened: Opened, action: Action, typed: Mapping[str, str]) -> str | None:
    """Do what a form asks for; answers what is wrong with it, None where nothing is."""
    if action is Action.FEEDBACK:
        return await _feedback_of(request, opened, typed)
    if action is Action.UNDO:
        if typed.get("sure") != "yes":
            return "choose"
        outcome = await _undo(request, opened)
        return None if isinstance(outcome, Moved) else "taken"
    reason = typed.get("reason", "")
    if reason not in REASONS:
        return "choose"
    return None if await _cancel(request, opened, reason) else "taken"


async def _feedback_of(request: Request, opened: Opened, typed: Mapping[str, str]) -> str | None:
    rating, comment = typed.get("rating", ""), typed.get("comment", "").replace("\x00", "")
    if rating not in ("1", "2", "3", "4", "5"):
        return "choose"
    if len(comment) > LONGEST_COMMENT:
        return "long"
    return None if await _give_feedback(request, opened, int(rating), comment) else "taken"


def _is_canceled(opened: Opened) -> bool:
    """Tell whether canceling again has no effect: the link might cancel, and the visit is canceled already."""
    return opened.link.scope is LinkScope.MANAGE and opened.visit.status is BookingStatus.CANCELED


async def _cancel(request: Request, opened: Opened, reason: str) -> bool:
    outcome = await services_of(request).change.status(
        opened.visit.booking_id,
        BookingStatus.CANCELED,
        actor=opened.actor,
        portal_id=opened.visit.portal_id,
        reason=reason,
    )
    return isinstance(outcome, StatusChanged | StatusUnchanged)


async def _undo(request: Request, opened: Opened) -> object:
    change = services_of(request).change
    return await change.undo(opened.visit.booking_id, actor=opened.actor, portal_id=opened.visit.portal_id)


async def _give_feedback(request: Request, opened: Opened, rating: int, comment: str) -> bool:
    change = services_of(request).change
    given = await change.feedback(opened.visit.booking_id, rating, comment, actor=opened.actor)
    return isinstance(given, Thanked)
