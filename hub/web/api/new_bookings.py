"""`POST /api/v1/bookings`: book a slot, a hold, or a time that staff name."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.directory.fields import Text
from hub.domain.geodesy import Point
from hub.domain.link_scope import LinkScope
from hub.domain.misfit import Misfit
from hub.domain.roles import Permission
from hub.domain.slot_ids import Slot
from hub.domain.tokens import link_token
from hub.services.book_visit import NewVisit, named_slot
from hub.services.choose_team import InTheWay
from hub.services.customers import Contact, Place
from hub.services.hold_slot import find_hold
from hub.services.outcomes import HoldGone, SlotTaken
from hub.store import accounts, bookings, links, work_orders
from hub.web.api.bookings import BookingAnswer, answer, no_such_booking
from hub.web.api.callers import Caller, caller_of, portal_for
from hub.web.api.customer_bodies import ContactBody, Name, PlaceBody
from hub.web.api.holds import no_such_hold
from hub.web.api.staff_placing import in_the_way, may_override, team_of, upcoming
from hub.web.bodies import parse_json, read_body
from hub.web.credentials import services_of
from hub.web.once import once
from hub.web.problems import Fault, Problem
from hub.web.responses import TokenResponse
from hub.web.slot_wire import offered_slot, slot_taken

NAMED_TIME = ("starts_at", "resources", "override", "reason", "work_order")
"""Fields that only staff send."""


class BookBody(msgspec.Struct, frozen=True, kw_only=True):
    """A visit to book: one of `slot_id`, `hold_id` and, for staff, `starts_at`."""

    contact: Name | ContactBody | None = None
    """Whom to tell; not with `work_order`, whose contact it is."""
    location: Name | PlaceBody | None = None
    """Where; not with `work_order`."""
    slot_id: str | None = None
    hold_id: Name | None = None
    starts_at: Annotated[datetime, Meta(tz=True)] | None = None
    resources: Annotated[list[Name], Meta(max_length=20)] = []
    """Who shall come, the lead first."""
    override: bool = False
    """Book whatever is in the way."""
    reason: Text = ""
    """Why; it is kept."""
    service_type: Name | None = None
    work_order: Name | None = None
    """The work that this visit goes on with."""
    asset: Name | None = None
    """What is to be worked on: an id."""
    notes: Text = ""


class Links(msgspec.Struct, frozen=True):
    """Where the customer looks at the visit, and changes it."""

    track: str
    manage: str


class BookedAnswer(BookingAnswer, frozen=True, kw_only=True):
    """A new booking with its links."""

    links: Links | UnsetType = UNSET


async def post_booking(request: Request) -> Response:
    """Book a visit; 409 with other slots where somebody else was faster."""
    caller = await caller_of(request, Permission.CHANGE_BOOKINGS)
    body = await read_body(request)

    async def book(claim: bytes | None) -> Response:
        return await _book(request, caller, parse_json(body, BookBody), claim)

    async def again(booking_id: str) -> Response:
        return await _booked(request, booking_id)

    return await once(request, caller.scope, body, book, again)


async def _book(request: Request, caller: Caller, body: BookBody, claim: bytes | None) -> Response:
    if not caller.is_staff and any(getattr(body, name) for name in NAMED_TIME):
        raise Problem(403, "Only staff name times, people and work orders.")
    if sum(value is not None for value in (body.slot_id, body.hold_id, body.starts_at)) != 1:
        raise _misfit("slot_id", "one of slot_id, hold_id and starts_at")
    slot = await _slot_of(request, caller, body)
    portal_id = await portal_for(request, caller, slot.portal_id)
    if portal_id is None or body.service_type not in (None, slot.service_type_id):
        raise _misfit("service_type", "not what the slot is for")
    contact, location = body.contact, body.location
    new = NewVisit(
        slot=slot,
        hold_id=body.hold_id,
        contact=Contact(**msgspec.structs.asdict(contact)) if isinstance(contact, ContactBody) else contact,
        location=Place(**msgspec.structs.asdict(location)) if isinstance(location, PlaceBody) else location,
        notes=body.notes,
        asset_id=body.asset,
        work_order_id=body.work_order,
        team=await team_of(request, portal_id, body.resources),
        override=may_override(caller.role, override=body.override, reason=body.reason),
        reason=body.reason.strip(),
        actor=caller.actor,
        claim=claim,
    )
    outcome = await services_of(request).change.book(new)
    match outcome:
        case SlotTaken(others=others):
            raise slot_taken(request, others, staff=caller.is_staff)
        case InTheWay():
            raise in_the_way(request, outcome)
        case Misfit(at=at, message=message):
            raise Problem(422, "The input does not fit.", errors=[Fault(at, message)])
        case HoldGone():
            raise no_such_hold()
    return await _booked(request, outcome.booking_id)


async def _slot_of(request: Request, caller: Caller, body: BookBody) -> Slot:
    services = services_of(request)
    if body.slot_id is not None:
        return offered_slot(request, body.slot_id)
    if body.starts_at is not None:
        return await _named_slot(request, caller, body, upcoming(request, body.starts_at))
    async with services.database.read() as tx:
        hold = await find_hold(tx, body.hold_id or "", services.clock())
    if hold is None:
        raise no_such_hold()
    return hold.slot


async def _named_slot(request: Request, caller: Caller, body: BookBody, starts_at: datetime) -> Slot:
    """Describe a time that staff name, for the place and the service of the work order or of the body."""
    services, portal_id = services_of(request), caller.portal_id or ""
    location_id = body.location if isinstance(body.location, str) else None
    service_type_id = body.service_type
    async with services.database.read() as tx:
        if body.work_order:
            order = await work_orders.get_work_order(tx, body.work_order)
            if order is None or order.portal_id != portal_id:
                raise _misfit("work_order", "unknown")
            location_id, service_type_id = order.location_id, service_type_id or order.service_type_id
        location = await accounts.get_location(tx, portal_id, location_id) if location_id else None
    where = location or (body.location if isinstance(body.location, PlaceBody) else None)
    if where is None:
        raise _misfit("location", "unknown" if location_id else "required")
    slot = service_type_id and await named_slot(
        services.database,
        portal_id,
        service_type_id,
        Point(where.lat, where.lon),
        location.id if location else None,
        starts_at=starts_at,
        now=services.clock(),
    )
    if not slot:
        raise _misfit("service_type", "unknown" if service_type_id else "required")
    return slot


def _misfit(name: str, message: str) -> Problem:
    return Problem(422, "The input does not fit.", errors=[Fault(f"$.{name}", message)])


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
