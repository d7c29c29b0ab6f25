"""`POST /api/v1/bookings/{id}/reschedule` and `/cancel`: change a booking."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import NEXT, BookingStatus
from hub.domain.directory.fields import Text
from hub.domain.roles import Permission
from hub.domain.slot_ids import Slot
from hub.services.authenticate import ApiKeyIdentity
from hub.services.change_status import StatusRefused
from hub.services.choose_team import InTheWay
from hub.services.outcomes import SlotTaken, UnknownBooking
from hub.services.reschedule_visit import Drag, NotNow, OtherService
from hub.web.api.bookings import answer, find_booking, no_such_booking
from hub.web.api.customer_bodies import Name
from hub.web.api.staff_placing import in_the_way, may_override, team_of, upcoming
from hub.web.bodies import parse_json, read_body, read_json
from hub.web.credentials import authorize, services_of
from hub.web.problems import Fault, Problem
from hub.web.queries import path_id
from hub.web.responses import json_response
from hub.web.slot_wire import offered_slot, slot_taken


class RescheduleBody(msgspec.Struct, frozen=True, kw_only=True):
    """Where to move: to a slot, or to what staff name."""

    slot_id: str | None = None
    starts_at: Annotated[datetime, Meta(tz=True)] | None = None
    """Default as it is."""
    resources: Annotated[list[Name], Meta(max_length=20)] = []
    """Who shall come, the lead first; default who comes now."""
    override: bool = False
    """Move whatever is in the way."""
    reason: Text = ""
    """Why; it is kept."""


class CancelBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why it is canceled."""

    reason: Text = ""


async def post_reschedule(request: Request) -> Response:
    """Move a booking to another slot, or to the time and people that staff name."""
    key = await authorize(request, Permission.CHANGE_BOOKINGS)
    to = await _wanted(request, key, await read_json(request, RescheduleBody))
    outcome = await services_of(request).change.reschedule(
        path_id(request), to, actor=key.actor, portal_id=key.portal_id
    )
    match outcome:
        case UnknownBooking():
            raise no_such_booking()
        case OtherService():
            raise Problem(422, "The input does not fit.", errors=[Fault("$.slot_id", "offered for something else")])
        case NotNow(status=status):
            raise not_now(status, "rescheduled")
        case SlotTaken(others=others):
            raise slot_taken(request, others, staff=True)
        case InTheWay():
            raise in_the_way(request, outcome)
    return json_response(answer(await find_booking(request, key.portal_id)))


async def _wanted(request: Request, key: ApiKeyIdentity, body: RescheduleBody) -> Slot | Drag:
    if (body.slot_id is None) == (body.starts_at is None and not body.resources):
        fault = Fault("$.slot_id", "slot_id, or starts_at and resources")
        raise Problem(422, "The input does not fit.", errors=[fault])
    if body.slot_id is not None:
        return offered_slot(request, body.slot_id)
    return Drag(
        starts_at=body.starts_at and upcoming(request, body.starts_at),
        team=await team_of(request, key.portal_id, body.resources),
        override=may_override(key.role, override=body.override, reason=body.reason),
        reason=body.reason.strip(),
    )


async def post_cancel(request: Request) -> Response:
    """Cancel a booking; the same again has no effect."""
    key = await authorize(request, Permission.CHANGE_BOOKINGS)
    raw = await read_body(request)
    body = parse_json(raw, CancelBody) if raw else CancelBody()
    outcome = await services_of(request).change.status(
        path_id(request), BookingStatus.CANCELED, actor=key.actor, portal_id=key.portal_id, reason=body.reason
    )
    if isinstance(outcome, UnknownBooking):
        raise no_such_booking()
    if isinstance(outcome, StatusRefused):
        raise not_now(outcome.current, "canceled")
    return json_response(answer(await find_booking(request, key.portal_id)))


def not_now(status: BookingStatus, wanted: str) -> Problem:
    """Refuse a change that the booking's status no longer allows."""
    allowed = [str(one) for one in NEXT[status]]
    return Problem(409, f"A booking that is {status} cannot be {wanted}.", current=str(status), allowed=allowed)
