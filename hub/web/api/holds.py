"""`POST /api/v1/holds`, `POST /api/v1/holds/{id}/extend`, `DELETE /api/v1/holds/{id}`: keep a slot free for a while."""

from __future__ import annotations

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.roles import Permission
from hub.services.hold_slot import HOLD_FOR, ExtendedBefore, LiveHold, extend_hold, find_hold, hold_slot, let_go
from hub.services.outcomes import HoldGone, SlotTaken
from hub.web.api.callers import Caller, caller_of, portal_for
from hub.web.bodies import parse_json, read_body
from hub.web.credentials import services_of
from hub.web.once import once
from hub.web.problems import Problem
from hub.web.queries import path_id
from hub.web.responses import json_response
from hub.web.slot_wire import offered_slot, slot_taken


class HoldBody(msgspec.Struct, frozen=True, kw_only=True):
    """A slot to hold."""

    slot_id: str


class HoldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A hold: the slot is kept free until then."""

    id: str
    expires_at: datetime


async def post_hold(request: Request) -> Response:
    """Hold a slot for a while."""
    caller = await caller_of(request, Permission.CHANGE_BOOKINGS)
    body = await read_body(request)

    async def hold(_claim: bytes | None) -> Response:
        services, slot = services_of(request), offered_slot(request, parse_json(body, HoldBody).slot_id)
        if await portal_for(request, caller, slot.portal_id) is None:
            raise Problem(404, "There is no such slot.")
        now, limit = services.clock(), services.hold_limit
        if not caller.is_staff and not limit.allows(caller.address, now):
            raise Problem(429, "Too many holds at once.", headers={"Retry-After": "60"})
        making = hold_slot(services.database, slot, now, roads=services.roads)
        held = await limit.counted(caller.address, now + HOLD_FOR, making)
        if isinstance(held, SlotTaken):
            raise slot_taken(request, held.others, staff=caller.is_staff)
        return json_response(HoldAnswer(id=held.id, expires_at=held.expires_at), 201)

    return await once(request, caller.scope, body, hold)


async def post_extension(request: Request) -> Response:
    """Keep a hold for as long once more; a second time is a 409."""
    caller, hold = await _hold_of(request)
    services = services_of(request)
    held = await extend_hold(services.database, path_id(request), services.clock())
    if isinstance(held, HoldGone):
        raise no_such_hold()
    if isinstance(held, ExtendedBefore):
        raise Problem(409, "A hold can be extended once.", expires_at=hold.expires_at)
    services.hold_limit.change(caller.address, hold.expires_at, held.expires_at)
    return json_response(HoldAnswer(id=held.id, expires_at=held.expires_at))


async def delete_hold(request: Request) -> Response:
    """Let a hold go."""
    caller, hold = await _hold_of(request)
    services = services_of(request)
    if not await let_go(services.database, path_id(request), services.clock()):
        raise no_such_hold()
    services.hold_limit.change(caller.address, hold.expires_at, None)
    return Response(status_code=204)


def no_such_hold() -> Problem:
    """Refuse a hold that is not, or no longer, there."""
    return Problem(404, "There is no such hold, or it has expired.")


async def _hold_of(request: Request) -> tuple[Caller, LiveHold]:
    caller, services = await caller_of(request, Permission.CHANGE_BOOKINGS), services_of(request)
    async with services.database.read() as tx:
        hold = await find_hold(tx, path_id(request), services.clock())
    if hold is None or await portal_for(request, caller, hold.slot.portal_id) is None:
        raise no_such_hold()
    return caller, hold
