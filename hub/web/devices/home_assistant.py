"""`POST /api/webhook/{token}`: the `update_location` of Home Assistant's companion app."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import Ping
from hub.web.bodies import not_json, read_body
from hub.web.credentials import services_of
from hub.web.devices.reading import EncryptedError, Number, pair, percent, ping_of, single
from hub.web.devices.taking import LARGEST_BODY, Told, refuse_unreadable, sender_of, take_told
from hub.web.problems import Fault, Problem
from hub.web.responses import json_response

APP = "Home Assistant"


class LocationUpdate(msgspec.Struct, frozen=True):
    """Where the phone is; there is no time, so it is there now."""

    gps: Annotated[Any, Meta(description="latitude, longitude", extra_json_schema={"type": ["array", "null"]})] = None
    gps_accuracy: Annotated[Number, Meta(description="metres")] = None
    speed: Annotated[Number, Meta(description="metres per second")] = None
    course: Annotated[Number, Meta(description="degrees")] = None
    altitude: Annotated[Number, Meta(description="metres")] = None
    battery: Annotated[Number, Meta(description="percent")] = None


class HomeAssistantMessage(msgspec.Struct, frozen=True):
    """A message; only `update_location` is used."""

    type: str
    data: LocationUpdate | None = None
    encrypted: bool = False


class _Envelope(msgspec.Struct, frozen=True):
    type: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    encrypted: Any = False


_read = msgspec.json.Decoder(_Envelope).decode
_read_data = msgspec.json.Decoder(LocationUpdate | None).decode


def decode(body: bytes, now: datetime) -> Told:
    """Read a message of `now`; raises `EncryptedError`, and `msgspec.DecodeError` and the like for what is no JSON."""
    try:
        message = _read(body)
        if message.type != "update_location":
            return Told()
        if message.encrypted:
            raise EncryptedError
        data = _read_data(message.data)
    except msgspec.ValidationError:
        return Told(pings=[None], fault=Fault("$", "no message"))
    battery = percent(data.battery) if data else None
    if data is None or data.gps is None:
        return Told(battery=battery)
    lat, lon = pair(data.gps)

    def read() -> Ping:
        return ping_of(
            lat,
            lon,
            now,
            accuracy_m=data.gps_accuracy,
            speed=data.speed,
            heading_deg=data.course,
            altitude_m=data.altitude,
            battery=battery,
        )

    return single(read)


async def post_webhook(request: Request) -> Response:
    """Take an `update_location` of Home Assistant, as of now; other messages are answered and ignored."""
    services = services_of(request)
    device = await sender_of(services, request.path_params["token"])
    body = await read_body(request, LARGEST_BODY)
    try:
        told = decode(body, services.clock())
    except EncryptedError:
        raise Problem(422, "Encrypted messages cannot be read.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise not_json() from None
    await take_told(services, device, told, APP)
    refuse_unreadable(told)
    return json_response({})
