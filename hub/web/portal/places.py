"""Where somebody who books needs it: at a place that is offered, or at an address that they type."""

from __future__ import annotations

import math

import msgspec

from hub.domain.geodesy import Point
from hub.services.customers import Place
from hub.web.api.customer_bodies import PlaceBody
from hub.web.portal.answers import Answers
from hub.web.portal.visitor import Visitor

PLACES = "places"
"""Switch of a portal: places to choose from, each with `address`, `lat` and `lon`; without them one is typed."""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is needed."""

    key: str
    """How a form names it."""
    address: str
    point: Point
    location_id: str | None = None
    """Where it is a known location."""
    time_zone: str

    @property
    def for_booking(self) -> str | Place:
        """Name or describe it as bookings do."""
        return self.location_id or Place(address=self.address, lat=self.point.lat, lon=self.point.lon)


def offered_places(visitor: Visitor) -> list[Chosen]:
    """List the places to choose from: the account's, or those of the portal."""
    if visitor.contact is not None:
        return [
            Chosen(
                key=one.id,
                address=one.address,
                point=Point(one.lat, one.lon),
                location_id=one.id,
                time_zone=one.time_zone,
            )
            for one in visitor.locations
        ]
    zone, switched = visitor.portal.time_zone, visitor.portal.switches.get(PLACES) or []
    return [_made(str(key), msgspec.convert(one, PlaceBody), zone) for key, one in enumerate(switched)]


def may_type(visitor: Visitor) -> bool:
    """Tell whether an address may be typed: not where the portal serves listed places only."""
    return visitor.contact is not None or not visitor.portal.switches.get(PLACES)


def chosen_place(visitor: Visitor, answers: Answers) -> Chosen | None:
    """Find the place that was answered; None where there is none."""
    if answers.place or not may_type(visitor):
        return next((one for one in offered_places(visitor) if one.key == answers.place), None)
    try:
        lat, lon = float(answers.lat), float(answers.lon)
        typed = {"address": answers.address, "lat": lat, "lon": lon}
        if math.isfinite(lat) and math.isfinite(lon):
            return _made("", msgspec.convert(typed, PlaceBody), visitor.portal.time_zone)
    except ValueError:  # msgspec's too
        pass
    return None


def _made(key: str, body: PlaceBody, zone: str) -> Chosen:
    return Chosen(key=key, address=body.address, point=Point(body.lat, body.lon), time_zone=zone)
