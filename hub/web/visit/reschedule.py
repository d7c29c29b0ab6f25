"""`/v/{token}/slots` and `/v/{token}/reschedule`: choose another time."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.intervals import Interval
from hub.domain.policies import Action
from hub.domain.slot_ids import OfferedSlot, Slot, read_slot
from hub.services.find_slots import find_slots
from hub.services.outcomes import SlotTaken, UnknownServiceType
from hub.services.reschedule_visit import Moved, OtherService
from hub.web.bodies import read_json
from hub.web.credentials import services_of
from hub.web.forms import FormRefused, read_form
from hub.web.problems import Fault, Problem
from hub.web.responses import json_response
from hub.web.slot_choices import slot_choices
from hub.web.slot_wire import DEFAULT_SPAN, asked_span, offered_slot, slot_list, slot_taken
from hub.web.visit.change_forms import back_to_visit, form_page
from hub.web.visit.opened import (
    Opened,
    answer_snapshot,
    link_gone,
    may,
    open_visit,
    opened_or_problem,
    require,
    speaks_json,
    wanted_by_visit,
)


class RescheduleBody(msgspec.Struct, frozen=True, kw_only=True):
    """The slot to move to."""

    slot_id: str


async def get_slots(request: Request) -> Response:
    """List the times to which this visit can be moved, best first."""
    opened = await opened_or_problem(request)
    require(request, opened, Action.RESCHEDULE)
    return json_response(slot_list(request, await _slots(request, opened, asked_span(request))))


async def reschedule_page(request: Request) -> Response:
    """Show the times to choose from: the best ones, then days with how many each has."""
    opened = await open_visit(request)
    if opened is None:
        return await link_gone(request)
    return await form_page(request, opened, Action.RESCHEDULE, **await _choices(request, opened))


async def reschedule_by_link(request: Request) -> Response:
    """Move the visit to another slot."""
    if not speaks_json(request):
        return await _reschedule_by_form(request)
    opened = await opened_or_problem(request)
    require(request, opened, Action.RESCHEDULE)
    slot = offered_slot(request, (await read_json(request, RescheduleBody)).slot_id)
    outcome = await _move(request, opened, slot)
    if isinstance(outcome, SlotTaken):
        raise slot_taken(request, outcome.others)
    if isinstance(outcome, OtherService):
        raise Problem(422, "The input does not fit.", errors=[Fault("$.slot_id", "offered for something else")])
    if not isinstance(outcome, Moved):
        raise Problem(409, "This visit can no longer be moved.")
    return await answer_snapshot(request)


async def _reschedule_by_form(request: Request) -> Response:
    opened = await open_visit(request)
    if opened is None:
        return await link_gone(request)
    try:
        chosen = (await read_form(request)).get("slot_id", "")
    except FormRefused:
        return await _again(request, opened, "expired")
    if not may(request, opened, Action.RESCHEDULE):
        return await form_page(request, opened, Action.RESCHEDULE)
    services = services_of(request)
    slot = read_slot(chosen, services.settings.secret, services.clock())
    if slot is None:
        return await _again(request, opened, "choose")
    outcome = await _move(request, opened, slot)
    if isinstance(outcome, Moved):
        return back_to_visit(opened, "rescheduled")
    return await _again(request, opened, "taken" if isinstance(outcome, SlotTaken) else "choose")


async def _again(request: Request, opened: Opened, error: str) -> Response:
    status = 409 if error == "taken" else 422
    return await form_page(request, opened, Action.RESCHEDULE, status, error=error, **await _choices(request, opened))


async def _move(request: Request, opened: Opened, slot: Slot) -> object:
    change = services_of(request).change
    return await change.reschedule(opened.visit.booking_id, slot, actor=opened.actor, portal_id=opened.visit.portal_id)


async def _slots(request: Request, opened: Opened, within: Interval) -> list[OfferedSlot]:
    services = services_of(request)
    wanted = await wanted_by_visit(request, opened)
    found = await find_slots(services.database, wanted, within, services.clock(), roads=services.roads)
    if isinstance(found, UnknownServiceType):
        return []
    return [slot for slot in found if slot.visit.starts_at != opened.visit.starts_at]


async def _choices(request: Request, opened: Opened) -> dict[str, Any]:
    now = services_of(request).clock()
    slots = await _slots(request, opened, Interval(now, now + DEFAULT_SPAN))
    return slot_choices(request, slots, ZoneInfo(opened.visit.time_zone))
