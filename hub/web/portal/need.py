"""What somebody who books has answered so far."""

from __future__ import annotations

import math
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from hub.services.customers import Contact
from hub.services.public_booking import bookable_services
from hub.store.portals import Portal
from hub.store.service_types import ServiceType
from hub.web.api.customer_bodies import ContactBody, PlaceBody
from hub.web.credentials import services_of
from hub.web.languages import reader_language

PLACES = "places"
"""Switch of a portal: places to choose from, each with `address`, `lat` and `lon`; without them a position is typed."""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody needs, and where."""

    service: ServiceType
    place: PlaceBody

    @property
    def query(self) -> str:
        """Write it as the address of the second page."""
        place = self.place
        return urlencode({"service": self.service.id, "address": place.address, "lat": place.lat, "lon": place.lon})


async def read_need(request: Request, portal: Portal) -> Need | dict[str, str]:
    """Read the first page's answers from the query; or what is wrong, by field."""
    query = request.query_params
    offered = await bookable_services(services_of(request).database, portal.id, reader_language(request))
    service = next((one for one in offered if one.id == query.get("service")), None)
    faults = {} if service else {"service": "choose"}
    place = _place(portal, query)
    if service is None or not isinstance(place, PlaceBody):
        return faults if isinstance(place, PlaceBody) else faults | place
    return Need(service=service, place=place)


def _place(portal: Portal, query: Mapping[str, str]) -> PlaceBody | dict[str, str]:
    places, chosen = portal.switches.get(PLACES) or [], query.get("place", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 5 and int(chosen) < len(places):
        return msgspec.convert(places[int(chosen)], PlaceBody)
    try:
        lat, lon = float(query.get("lat", "")), float(query.get("lon", ""))
    except ValueError:
        return {"place": "choose"}
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return {"place": "choose"}
    try:
        return msgspec.convert({"address": query.get("address", "").strip(), "lat": lat, "lon": lon}, PlaceBody)
    except msgspec.ValidationError:
        return {"place": "choose"}


def read_contact(request: Request, typed: Mapping[str, str]) -> Contact | dict[str, str]:
    """Read who somebody is; or what is wrong, by field."""
    sent = {name: typed.get(name, "").strip() for name in ("name", "email", "phone")}
    faults = {name: fault for name, value in sent.items() if (fault := _fault(name, value))}
    if faults:
        return faults
    language = reader_language(request)
    given = {name: value for name, value in sent.items() if value} | {"language": language}
    return Contact(**msgspec.structs.asdict(msgspec.convert(given, ContactBody)))


def _fault(name: str, value: str) -> str | None:
    """Tell what is wrong with one field, whatever the others hold."""
    if not value:
        return "missing" if name in ("name", "email") else None
    try:
        msgspec.convert({"name": "Somebody", name: value}, ContactBody)
    except msgspec.ValidationError:
        return "wrong"
    return None
