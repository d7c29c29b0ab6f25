"""`POST /api/v1/bookings`, and changes of one: reschedule and cancel."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import BookingStatus
from hub.domain.roles import Permission
from hub.domain.slot_ids import Slot
from hub.services.book_visit import Booked, Misfit, NewVisit
from hub.services.change_status import StatusRefused
from hub.services.customers import Contact, Place
from hub.services.hold_slot import held_slot
from hub.services.outcomes import SlotTaken, UnknownBooking
from hub.services.reschedule_visit import NotNow, OtherService
from hub.store import reservations
from hub.web.api.bookings import BookingAnswer, answer, find_booking, no_such_booking
from hub.web.api.callers import Caller, caller_of, portal_for
from hub.web.bodies import parse_json, read_body, read_json
from hub.web.credentials import authorize, services_of
from hub.web.once import once
from hub.web.problems import Fault, Problem
from hub.web.queries import path_id
from hub.web.responses import LinkResponse, json_response
from hub.web.slot_wire import offered_slot, slot_taken

NO_NUL = r"^[^\x00]*$"
EMAIL = r"^[^@\s\x00-\x20\x7f<>()\[\],;:\"\\]+@[^@\s\x00-\x20\x7f<>()\[\],;:\"\\]+\.[^@\s.\x00-\x20<>,;:]+$"
"""What looks like one address, and cannot become two or another header."""
LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"

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

    async def book() -> Response:
        return await _book(request, caller, parse_json(body, BookBody))

    return await once(request, caller.actor, body, book)


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


def not_now(status: BookingStatus, wanted: str) -> Problem:
    """Refuse a change that the booking's status no longer allows."""
    return Problem(409, f"A booking that is {status} cannot be {wanted}.", current=str(status))


async def _book(request: Request, caller: Caller, body: BookBody) -> Response:
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
    )
    outcome = await services_of(request).change.book(new)
    if isinstance(outcome, SlotTaken):
        raise slot_taken(request, outcome.others, staff=caller.is_staff)
    if isinstance(outcome, Misfit):
        raise Problem(422, "The input does not fit.", errors=[Fault(outcome.at, outcome.message)])
    booked = await _booked(request, portal_id, outcome)
    return LinkResponse(booked, 201, [outcome.track.id, outcome.manage.id])


async def _slot_of(request: Request, body: BookBody) -> tuple[Slot, str | None]:
    if (body.slot_id is None) == (body.hold_id is None):
        raise Problem(422, "The input does not fit.", errors=[Fault("$.slot_id", "one of slot_id and hold_id")])
    if body.slot_id is not None:
        return offered_slot(request, body.slot_id), None
    async with services_of(request).database.read() as tx:
        hold = await reservations.get(tx, body.hold_id or "")
    if hold is None or hold.kind != "hold":
        raise Problem(404, "There is no such hold, or it has expired.")
    return held_slot(hold), hold.id


async def _booked(request: Request, portal_id: str, booked: Booked) -> BookedAnswer:
    booking = await find_booking(request, portal_id, booked.booking_id)
    base = services_of(request).settings.public_url
    links = Links(track=f"{base}/v/{booked.track.token}", manage=f"{base}/v/{booked.manage.token}")
    return BookedAnswer(**msgspec.structs.asdict(answer(booking)), links=links)
