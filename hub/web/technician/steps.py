"""What the technician's page sends by script: statuses, answers to arrivals, whether the position is shared.

Each waits on the phone until it is answered, and carries a key: sent again it has no further effect.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import BookingStatus
from hub.domain.technician_day import STEPS
from hub.services.change_status import CLOCK_TOLERANCE, StatusRefused
from hub.services.outcomes import UnknownBooking
from hub.store import crossings
from hub.store.sessions import TechnicianSession
from hub.web.bodies import in_utc, parse_json, read_body, read_json
from hub.web.credentials import services_of
from hub.web.once import once
from hub.web.problems import Fault, Problem
from hub.web.responses import json_response
from hub.web.technician.calls import caller
from hub.web.technician.day import own_visit, read_day


class StatusCall(msgspec.Struct, frozen=True, kw_only=True):
    """A status that the technician set."""

    status: BookingStatus
    at: Annotated[datetime, Meta(tz=True)]
    """When the button was pressed, by the phone's clock."""


class SentCall(StatusCall, frozen=True, kw_only=True):
    """The same, as it was sent."""

    sent_at: Annotated[datetime, Meta(tz=True)]
    """When it was sent, by the same clock."""


class SharingCall(msgspec.Struct, frozen=True):
    """Whether the technician shares the position."""

    sharing: bool


class ArrivalCall(msgspec.Struct, frozen=True):
    """That the technician has not arrived yet: an arrival is confirmed by its status."""

    arrived: bool


async def call_status(request: Request) -> Response:
    """Set the status of one of the technician's own visits, as of when the button was pressed."""
    technician = await caller(request)
    call = parse_json(await read_body(request), SentCall)
    if call.status not in STEPS:
        raise Problem(422, "The input does not fit.", errors=[Fault("$.status", "no status of a technician's")])
    told = msgspec.json.encode(StatusCall(status=call.status, at=call.at))  # what stays the same when sent again
    return await once(request, f"technician:{technician.device_id}", told, lambda _: _set(request, technician, call))


async def call_arrival(request: Request) -> Response:
    """Take the answer to a suggested arrival."""
    technician = await caller(request)
    call = await read_json(request, ArrivalCall)
    if call.arrived:
        raise Problem(422, "The input does not fit.", errors=[Fault("$.arrived", "an arrival is told as a status")])
    visit = await own_visit(request, technician)
    if visit is None:
        raise _not_yours()
    services = services_of(request)
    async with services.database.write() as tx:
        await crossings.answer_arrival(tx, visit.booking_id, services.clock())
    services.change.look_again(visit.booking_id)
    return json_response({"arrived": False})


async def call_sharing(request: Request) -> Response:
    """Remember that the technician turned sharing off or on again; whoever watches sees that at once."""
    technician = await caller(request)
    call = await read_json(request, SharingCall)
    services = services_of(request)
    now = services.clock()
    await services.devices.sharing(technician.resource_id, technician.device_id, now, on=call.sharing)
    async with services.database.read() as tx:
        visits = await read_day(tx, technician, now)
    for visit in visits:
        if visit.status is BookingStatus.TRAVELING:
            services.change.look_again(visit.booking_id)
    return json_response({"sharing": call.sharing})


async def _set(request: Request, technician: TechnicianSession, call: SentCall) -> Response:
    visit = await own_visit(request, technician)
    if visit is None:
        raise _not_yours()
    services = services_of(request)
    outcome = await services.change.status(
        visit.booking_id,
        call.status,
        at=pressed_at(in_utc(call.at, "at"), in_utc(call.sent_at, "sent_at"), services.clock()),
        actor=f"technician:{technician.resource_id}",
        portal_id=technician.portal_id,
    )
    if isinstance(outcome, UnknownBooking):
        raise _not_yours()
    if isinstance(outcome, StatusRefused):
        allowed = [str(status) for status in outcome.allowed]
        raise Problem(409, "The visit has changed meanwhile.", current=str(outcome.current), allowed=allowed)
    return json_response({"status": str(call.status)})


def pressed_at(at: datetime, sent_at: datetime, now: datetime) -> datetime:
    """Tell by the hub's clock when a button was pressed, even where the phone's clock is wrong.

    A clock that is wrong by more than that of pings may be is corrected by when it says it sent. Nothing lies ahead.
    """
    ahead = sent_at - now if abs(sent_at - now) > CLOCK_TOLERANCE else timedelta(0)
    try:
        return min(at - ahead, now)
    except OverflowError:
        return now


def _not_yours() -> Problem:
    return Problem(404, "There is no such visit of yours.")
