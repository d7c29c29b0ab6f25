"""`/api/v1/bookings`: read bookings and change their status."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.booking_status import BookingStatus
from hub.domain.live_messages import Window
from hub.domain.roles import Permission
from hub.domain.work_order import WorkOrderStatus
from hub.services.change_status import StatusRefused, TimeInFuture
from hub.services.outcomes import UnknownBooking
from hub.store import bookings
from hub.store.cursors import BadCursorError
from hub.web.bodies import in_utc, read_json
from hub.web.credentials import authorize, services_of
from hub.web.problems import Fault, Problem
from hub.web.queries import choice, moment, page_limit, path_id, words
from hub.web.responses import json_response


class TravelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The way to a visit, from setting off to the arrival."""

    distance_m: float | None
    """Null where no track tells it."""
    bridged_m: float | None
    """The part of the distance that is straight lines over silences of the phone."""
    travel_s: float


class BookingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A booking."""

    id: str
    status: BookingStatus
    service_type: str
    starts_at: datetime
    ends_at: datetime
    arrival: Window
    """The promised window."""
    resources: list[str]
    location: str
    contact: str
    version: int
    work_order: str
    """Status of its work order."""
    work_order_id: str
    override_reason: str | None
    """Why it was placed whatever was in the way; null where nothing was."""
    travel: TravelAnswer | None
    """How the technician came; null until it is measured, a minute after the arrival."""


class BookingList(msgspec.Struct, frozen=True):
    """A page of bookings."""

    items: list[BookingAnswer]
    next_cursor: str | None


class StatusBody(msgspec.Struct, frozen=True, kw_only=True):
    """A wanted status."""

    status: BookingStatus
    at: Annotated[datetime, Meta(tz=True)] | None = None
    """When it really happened; default now."""
    work_order: WorkOrderStatus | None = None
    """`unscheduled` leaves the work of a completed booking to be booked again."""


async def list_bookings(request: Request) -> Response:
    """List bookings by start."""
    key = await authorize(request, Permission.READ_BOOKINGS)
    query = request.query_params
    try:
        async with services_of(request).database.read() as tx:
            page = await bookings.list_bookings(
                tx,
                key.portal_id,
                resource_id=words(query, "resource"),
                starts_from=moment(query, "from"),
                starts_before=moment(query, "to"),
                status=choice(query, "status", BookingStatus),
                work_order_id=words(query, "work_order"),
                cursor=query.get("cursor"),
                limit=page_limit(query),
            )
    except BadCursorError:
        raise Problem(422, "Unknown cursor.", errors=[Fault("$.cursor", "unknown")]) from None
    return json_response(BookingList([answer(item) for item in page.items], page.next_cursor))


async def get_booking(request: Request) -> Response:
    """Read one booking."""
    key = await authorize(request, Permission.READ_BOOKINGS)
    return json_response(answer(await find_booking(request, key.portal_id)))


async def post_status(request: Request) -> Response:
    """Change a booking's status; the same again has no effect."""
    key = await authorize(request, Permission.CHANGE_BOOKINGS)
    body = await read_json(request, StatusBody)
    outcome = await services_of(request).change.status(
        path_id(request),
        body.status,
        at=body.at and in_utc(body.at, "at"),
        actor=key.actor,
        portal_id=key.portal_id,
        unfinished=_unfinished(body),
    )
    if isinstance(outcome, UnknownBooking):
        raise no_such_booking()
    if isinstance(outcome, TimeInFuture):
        raise Problem(422, "The time lies in the future.", errors=[Fault("$.at", f"at most {outcome.latest}")])
    if isinstance(outcome, StatusRefused):
        allowed = [str(status) for status in outcome.allowed]
        detail = f"From {outcome.current} only: {', '.join(allowed) or 'nothing'}."
        raise Problem(409, detail, current=str(outcome.current), allowed=allowed)
    return json_response(answer(await find_booking(request, key.portal_id)))


def no_such_booking() -> Problem:
    """Refuse an unknown booking, or one of somebody else's."""
    return Problem(404, "There is no such booking.")


def _unfinished(body: StatusBody) -> bool:
    if body.work_order not in (None, WorkOrderStatus.UNSCHEDULED):
        raise Problem(422, "The input does not fit.", errors=[Fault("$.work_order", "only unscheduled")])
    if body.work_order and body.status is not BookingStatus.COMPLETED:
        raise Problem(422, "The input does not fit.", errors=[Fault("$.work_order", "only when completed")])
    return body.work_order is not None


async def find_booking(request: Request, portal_id: str, booking_id: str | None = None) -> bookings.Booking:
    """Read a booking of this portal, the one in the path by default; raises a 404."""
    async with services_of(request).database.read() as tx:
        found = await bookings.get(tx, booking_id or path_id(request))
    if found is None or found.portal_id != portal_id:
        raise no_such_booking()
    return found


def answer(booking: bookings.Booking) -> BookingAnswer:
    """Describe a booking."""
    return BookingAnswer(
        id=booking.id,
        status=booking.status,
        service_type=booking.service_type_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        arrival=Window(booking.window_earliest, booking.window_latest),
        resources=list(booking.resources),
        location=booking.location_id,
        contact=booking.contact_id,
        version=booking.version,
        work_order=booking.work_order_status,
        work_order_id=booking.work_order_id,
        override_reason=booking.override_reason,
        travel=_travel(booking),
    )


def _travel(booking: bookings.Booking) -> TravelAnswer | None:
    if booking.travel_s is None:
        return None
    return TravelAnswer(
        distance_m=booking.travel_distance_m, bridged_m=booking.travel_bridged_m, travel_s=booking.travel_s
    )
