"""`GET /api/v1/slots`, `POST /api/v1/holds`: when what can be booked."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.geodesy import Point
from hub.domain.roles import Permission
from hub.services.find_slots import Wanted, find_slots
from hub.services.outcomes import UnknownServiceType
from hub.store import accounts, service_types
from hub.web.api.callers import Caller, caller_of, portal_for
from hub.web.credentials import services_of
from hub.web.problems import Fault, Problem
from hub.web.queries import words
from hub.web.responses import json_response
from hub.web.slot_wire import asked_span, slot_list


async def list_slots(request: Request) -> Response:
    """List the times that can be kept, best first."""
    caller = await caller_of(request, Permission.READ_BOOKINGS)
    services = services_of(request)
    wanted = await _wanted(request, caller)
    found = await find_slots(services.database, wanted, asked_span(request), services.clock(), roads=services.roads)
    if isinstance(found, UnknownServiceType):
        raise _unknown("service_type")
    return json_response(slot_list(request, found, staff=caller.is_staff))


async def _wanted(request: Request, caller: Caller) -> Wanted:
    query = request.query_params
    service_type_id, location = words(query, "service_type"), words(query, "location")
    missing = [Fault(f"$.{name}", "required") for name in ("service_type", "location") if not words(query, name)]
    if not service_type_id or not location:
        raise Problem(422, "The query does not fit.", errors=missing)
    async with services_of(request).database.read() as tx:
        service = await service_types.get_service_type(tx, service_type_id)
    portal_id = service and await portal_for(request, caller, service.portal_id)
    if service is None or not portal_id or not (service.active and (service.online_bookable or caller.is_staff)):
        raise _unknown("service_type")
    place, location_id = await _place(request, portal_id, location)
    return Wanted(portal_id=portal_id, service_type_id=service_type_id, place=place, location_id=location_id)


async def _place(request: Request, portal_id: str, location: str) -> tuple[Point, str | None]:
    lat, comma, lon = location.partition(",")
    if comma:
        try:
            point = Point(float(lat), float(lon))
        except ValueError:
            raise _unknown("location", "expected an id, or lat,lon") from None
        if not (math.isfinite(point.lat) and abs(point.lat) <= 90 and abs(point.lon) <= 180):
            raise _unknown("location", "outside the Earth")
        return point, None
    async with services_of(request).database.read() as tx:
        found = await accounts.get_location(tx, portal_id, location)
    if found is None:
        raise _unknown("location")
    return Point(found.lat, found.lon), found.id


def _unknown(name: str, message: str = "unknown") -> Problem:
    return Problem(422, "The query does not fit.", errors=[Fault(f"$.{name}", message)])
