"""`POST /api/v1/overland`: Overland's batches of GeoJSON."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import Ping
from hub.web.bodies import parse_json, read_body
from hub.web.credentials import bearer_token, services_of
from hub.web.devices.reading import Moment, Number, charge, moment, or_none, pair, ping_of
from hub.web.devices.taking import LARGEST_BODY, Told, refuse_too_many, sender_of, take_told
from hub.web.responses import json_response

APP = "Overland"


class OverlandGeometry(msgspec.Struct, frozen=True):
    """Where."""

    coordinates: Annotated[list[Number], Meta(description="longitude, latitude")] = []


class OverlandProperties(msgspec.Struct, frozen=True):
    """When and how; −1 is unknown."""

    timestamp: Annotated[Moment, Meta(description="ISO 8601")] = None
    altitude: Annotated[Number, Meta(description="metres")] = None
    speed: Annotated[Number, Meta(description="metres per second")] = None
    course: Annotated[Number, Meta(description="degrees")] = None
    horizontal_accuracy: Annotated[Number, Meta(description="metres")] = None
    battery_level: Annotated[Number, Meta(description="0 to 1")] = None
    action: Annotated[Any, Meta(description="says that this is an event, no fix: its place may be an old one")] = None


class OverlandFeature(msgspec.Struct, frozen=True):
    """One fix."""

    geometry: OverlandGeometry | None = None
    properties: OverlandProperties | None = None


class OverlandBatch(msgspec.Struct, frozen=True):
    """What waited on the phone, and where it is now."""

    locations: list[OverlandFeature] = []
    current: OverlandFeature | None = None


class OverlandAnswer(msgspec.Struct, frozen=True):
    """The only answer after which the phone forgets a batch."""

    result: str = "ok"


class _Raws(msgspec.Struct, frozen=True):
    locations: list[msgspec.Raw] | None = None
    current: msgspec.Raw = msgspec.Raw(b"null")


_read_feature = msgspec.json.Decoder(OverlandFeature | None).decode


def decode(body: bytes) -> Told:
    """Read a batch: the newest fix first, for the map, then the rest, for the history.

    Raises a problem for no batch or too long a one: Overland does not write that, and keeps what is not answered.
    """
    batch = parse_json(body, _Raws)
    refuse_too_many(batch.locations or ())
    pings: list[Ping | None] = []
    battery = None
    for raw in (batch.current, *(batch.locations or ())):
        try:
            feature = _read_feature(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pings.append(None)
            continue
        if feature is None and raw is batch.current:
            continue
        properties = feature.properties if feature else None
        if properties and properties.action:
            battery = charge(properties.battery_level)
        else:
            pings.append(or_none(lambda: _ping(feature)))  # noqa: B023 - called at once
    return Told(pings=pings, battery=battery)


def _ping(feature: OverlandFeature | None) -> Ping:
    properties = (feature and feature.properties) or OverlandProperties()
    lon, lat = pair(feature and feature.geometry and feature.geometry.coordinates)
    return ping_of(
        lat,
        lon,
        moment(properties.timestamp, "timestamp"),
        accuracy_m=properties.horizontal_accuracy,
        speed=properties.speed,
        heading_deg=properties.course,
        altitude_m=properties.altitude,
        battery=charge(properties.battery_level),
    )


async def post_overland(request: Request) -> Response:
    """Take a batch of Overland. Malformed points are counted, never refused: the phone would send them for ever."""
    services = services_of(request)
    device = await sender_of(services, bearer_token(request))
    told = decode(await read_body(request, LARGEST_BODY))
    await take_told(services, device, told, APP)
    return json_response(OverlandAnswer())
