"""`POST /api/v1/traccar`: Traccar Client from version 9, and the library inside it, which also sends batches."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import Ping
from hub.web.bodies import read_body
from hub.web.credentials import services_of
from hub.web.devices.reading import Moment, Number, charge, flag, moment, ping_of, single
from hub.web.devices.taking import LARGEST_BODY, Told, first_of, refuse_too_many, sender_of, take_told
from hub.web.problems import Fault

APP = "Traccar Client"


class TraccarCoords(msgspec.Struct, frozen=True):
    """Where; −1 is unknown in all but the first two."""

    latitude: Number = None
    longitude: Number = None
    accuracy: Annotated[Number, Meta(description="metres")] = None
    speed: Annotated[Number, Meta(description="metres per second")] = None
    heading: Annotated[Number, Meta(description="degrees")] = None
    altitude: Annotated[Number, Meta(description="metres")] = None


class TraccarBattery(msgspec.Struct, frozen=True):
    """How full it is."""

    level: Annotated[Number, Meta(description="0 to 1")] = None


class TraccarLocation(msgspec.Struct, frozen=True):
    """One fix, or without `coords` a sign of life."""

    timestamp: Annotated[Moment, Meta(description="ISO 8601, or Unix milliseconds")] = None
    coords: TraccarCoords | None = None
    battery: TraccarBattery | None = None
    uuid: Annotated[Any, Meta(description="the fix's own name")] = None
    mock: Annotated[Any, Meta(description="true where an app made the position up")] = None


class TraccarUpload(msgspec.Struct, frozen=True):
    """One location, or a batch."""

    device_id: Annotated[Any, Meta(description="the device token")] = None
    location: TraccarLocation | list[TraccarLocation] | None = None


class _Envelope(msgspec.Struct, frozen=True):
    device_id: Any = None
    location: msgspec.Raw = msgspec.Raw(b"null")


_read = msgspec.json.Decoder(_Envelope).decode
_read_one = msgspec.json.Decoder(TraccarLocation | None).decode
_read_many = msgspec.json.Decoder(list[msgspec.Raw]).decode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(body: bytes) -> tuple[str | None, Told]:
    """Read an upload, and the device token in it; raises a problem for more locations than it may hold."""
    try:
        upload = _read(body)
    except _UNREADABLE:
        return None, Told(pings=[None], fault=Fault("$", "no upload"))
    token = upload.device_id if isinstance(upload.device_id, str) else None
    if not bytes(upload.location).lstrip().startswith(b"["):
        return token, _one(upload.location)
    raws = _read_many(upload.location)
    refuse_too_many(raws)
    told = [_one(raw) for raw in raws]
    pings = [ping for one in told for ping in one.pings]
    return token, Told(pings=pings, battery=told[-1].battery if told else None)


def _one(raw: msgspec.Raw) -> Told:
    try:
        location = _read_one(raw)
    except _UNREADABLE:
        return Told(pings=[None], fault=Fault("$.location", "no location"))
    battery = charge(location.battery.level) if location and location.battery else None
    if location is None or location.coords is None:
        return Told(battery=battery)
    coords = location.coords

    def read() -> Ping:
        return ping_of(
            coords.latitude,
            coords.longitude,
            moment(location.timestamp, "timestamp"),
            accuracy_m=coords.accuracy,
            speed=coords.speed,
            heading_deg=coords.heading,
            altitude_m=coords.altitude,
            battery=battery,
            id=location.uuid,
            mock=flag(location.mock),
        )

    return single(read)


async def post_traccar(request: Request) -> Response:
    """Take locations of Traccar Client; `device_id` is the device token. Malformed ones are counted, never refused."""
    services = services_of(request)
    body = await read_body(request, LARGEST_BODY)
    token, told = decode(body)
    device = await sender_of(services, first_of(request.query_params, "device_id", "id") or token)
    await take_told(services, device, told, APP)
    return Response()
