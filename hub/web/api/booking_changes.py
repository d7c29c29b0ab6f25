"""`POST /api/v1/bookings`, and changes of one: reschedule and cancel."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import NEXT, BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.roles import Permission
from hub.domain.slot_ids import Slot
from hub.domain.tokens import link_token
from hub.services.book_visit import NewVisit
from hub.services.change_status import StatusRefused
from hub.services.choose_team import InTheWay
from hub.services.customers import Contact, Place
from hub.services.hold_slot import find_hold
from hub.services.outcomes import HoldGone, Misfit, SlotTaken, UnknownBooking
from hub.services.reschedule_visit import NotNow, OtherService
from hub.store import bookings, links
from hub.web.api.bookings import BookingAnswer, answer, find_booking, no_such_booking
from hub.web.api.callers import Caller, caller_of, portal_for
from hub.web.bodies import parse_json, read_body, read_json
from hub.web.credentials import authorize, services_of
from hub.web.once import once
from hub.web.problems import Fault, Problem
from hub.web.queries import path_id
from hub.web.responses import TokenResponse, json_response
from hub.web.slot_wire import offered_slot, slot_taken

NO_NUL = r"^[^\x00]*$"
EMAIL = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[^\x00-,./:-@\[-^`{-\x7f\s。．｡]{1,63}([.。．｡][^\x00-,./:-@\[-^`{-\x7f\s。．｡]{1,63})+$(?!\n)"
)
"""What looks like one address that mails can be sent to; only its domain may have other letters (IDNA).

Patterns end with `(?!\\n)`, since Python's `$` stands before a last line feed too; `\\Z` is unknown to clients.
"""
LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$(?!\n)"

Text = Annotated[str, Meta(max_length=10_000, pattern=NO_NUL)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]


class ContactBody(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody new."""

    name: Name
    email: Annotated[str, Meta(max_length=254, pattern=EMAIL)] | None = None
    phone: Annotated[str, Meta(max_length=40, pattern=NO_NUL)] | None = None
    language: Annotated[str, Meta(max_length=35, pattern=LANGUAGE)] = "en"


class PlaceBody(msgspec.Struct, frozen=True, kw_only=True):
    """A new place."""

    address: Annotated[str, Meta(min_length=1, max_length=500, pattern=NO_NUL)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]


class BookBody(msgspec.Struct, frozen=True, kw_only=True):
    """A visit to book: one of `slot_id` and `hold_id`."""

    contact: Name | ContactBody
    location: Name | PlaceBody
    slot_id: str | None = None
    hold_id: Name | None = None
    service_type: str | None = None
    asset: Text | None = None
    notes: Text = ""


class Links(msgspec.Struct, frozen=True):
    """Where the customer looks at the visit, and changes it."""

    track: str
    manage: str


class BookedAnswer(BookingAnswer, frozen=True, kw_only=True):
    """A new booking with its links."""

    links: Links | UnsetType = UNSET


class RescheduleBody(msgspec.Struct, frozen=True, kw_only=True):
    """The slot to move to."""

    slot_id: str


class CancelBody(msgspec.Struct, frozen=True, kw_only=True):
    """Why it is canceled."""

    reason: Text = ""


async def post_booking(request: Request) -> Response:
    """Book a visit; 409 with other slots where somebody else was faster."""
    caller = await caller_of(request, Permission.CHANGE_BOOKINGS)
    body = await read_body(request)

    async def book(claim: bytes | None) -> Response:
        return await _book(request, caller, parse_json(body, BookBody), claim)

    async def again(booking_id: str) -> Response:
        return await _booked(request, booking_id)

    return await once(request, caller.scope, body, book, again)


async def post_reschedule(request: Request) -> Response:
    """Move a booking to another slot."""
    key = await authorize(request, Permission.CHANGE_BOOKINGS)
    body = await read_json(request, RescheduleBody)
    slot = offered_slot(request, body.slot_id)
    outcome = await services_of(request).change.reschedule(
        path_id(request), slot, actor=key.actor, portal_id=key.portal_id
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
    return json_response(answer(await find_booking(request, key.portal_id)))


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


def no_such_hold() -> Problem:
    """Refuse a hold that is not, or no longer, there."""
    return Problem(404, "There is no such hold, or it has expired.")


def not_now(status: BookingStatus, wanted: str) -> Problem:
    """Refuse a change that the booking's status no longer allows."""
    allowed = [str(one) for one in NEXT[status]]
    return Problem(409, f"A booking that is {status} cannot be {wanted}.", current=str(status), allowed=allowed)


async def _book(request: Request, caller: Caller, body: BookBody, claim: bytes | None) -> Response:
    slot, hold_id = await _slot_of(request, body)
    portal_id = await portal_for(request, caller, slot.portal_id)
    if portal_id is None or body.service_type not in (None, slot.service_type_id):
        raise Problem(422, "The input does not fit.", errors=[Fault("$.service_type", "not what the slot is for")])
    contact, location = body.contact, body.location
    new = NewVisit(
        slot=slot,
        hold_id=hold_id,
        contact=contact if isinstance(contact, str) else Contact(**msgspec.structs.asdict(contact)),
        location=location if isinstance(location, str) else Place(**msgspec.structs.asdict(location)),
        notes=body.notes,
        actor=caller.actor,
        claim=claim,
    )
    outcome = await services_of(request).change.book(new)
    if isinstance(outcome, SlotTaken):
        raise slot_taken(request, outcome.others, staff=caller.is_staff)
    if isinstance(outcome, HoldGone):
        raise no_such_hold()
    if isinstance(outcome, InTheWay):
        raise Problem(409, "Something is in the way.")
    if isinstance(outcome, Misfit):
        raise Problem(422, "The input does not fit.", errors=[Fault(outcome.at, outcome.message)])
    return await _booked(request, outcome.booking_id)


async def _slot_of(request: Request, body: BookBody) -> tuple[Slot, str | None]:
    if (body.slot_id is None) == (body.hold_id is None):
        raise Problem(422, "The input does not fit.", errors=[Fault("$.slot_id", "one of slot_id and hold_id")])
    if body.slot_id is not None:
        return offered_slot(request, body.slot_id), None
    async with services_of(request).database.read() as tx:
        hold = await find_hold(tx, body.hold_id or "", services_of(request).clock())
    if hold is None:
        raise no_such_hold()
    return hold.slot, body.hold_id


async def _booked(request: Request, booking_id: str) -> Response:
    """Answer a new booking with the links that it was made with, whose tokens follow from their ids."""
    services = services_of(request)
    async with services.database.read() as tx:
        booking = await bookings.get(tx, booking_id)
        ids = await links.first_of_booking(tx, booking_id)
    if booking is None:
        raise no_such_booking()
    secret, base = services.settings.secret, services.settings.public_url
    urls = {scope: f"{base}/v/{link_token(secret, link_id)}" for scope, link_id in ids.items()}
    told = Links(track=urls[LinkScope.TRACK], manage=urls[LinkScope.MANAGE])
    return TokenResponse(BookedAnswer(**msgspec.structs.asdict(answer(booking)), links=told), 201, list(ids.values()))
