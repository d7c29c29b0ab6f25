"""`POST /api/v1/owntracks`: OwnTracks in HTTP mode, one message a request."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import Ping
from hub.domain.silence import Silence
from hub.web.bodies import read_body
from hub.web.credentials import services_of
from hub.web.devices.credentials import basic_password
from hub.web.devices.reading import MPS_PER_KMH, EncryptedError, Moment, Number, moment, percent, ping_of, single
from hub.web.devices.taking import LARGEST_BODY, Told, sender_of, take_told
from hub.web.problems import Fault, Problem
from hub.web.responses import json_response

APP = "OwnTracks"


class OwnTracksCommand(msgspec.Struct, frozen=True):
    """What the app is asked to do."""

    action: str
    type: str = msgspec.field(name="_type", default="cmd")


REPORT_LOCATION = OwnTracksCommand("reportLocation")


class OwnTracksMessage(msgspec.Struct, frozen=True):
    """An OwnTracks message: only a `location` is a position, though others carry places too."""

    type: Annotated[str, Meta(description="`location`, `transition`, `lwt`, …")] = msgspec.field(name="_type")
    lat: Number = None
    lon: Number = None
    tst: Annotated[Moment, Meta(description="of the fix, Unix seconds")] = None
    acc: Annotated[Number, Meta(description="metres")] = None
    alt: Annotated[Number, Meta(description="metres")] = None
    vel: Annotated[Number, Meta(description="km/h")] = None
    cog: Annotated[Number, Meta(description="degrees")] = None
    batt: Annotated[Number, Meta(description="percent")] = None
    id: Any = msgspec.field(name="_id", default=None)


_read = msgspec.json.Decoder(OwnTracksMessage).decode


def decode(body: bytes) -> Told:
    """Read a message; raises `EncryptedError`."""
    if not body.strip():
        return Told()  # some versions of the app send these
    try:
        message = _read(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Told(pings=[None], fault=Fault("$", "no message"))
    match message.type:
        case "location":
            return single(lambda: _ping(message))
        case "lwt":
            return Told(silence=Silence.LAST_WILL)
        case "encrypted":
            raise EncryptedError
        case _:
            return Told(battery=percent(message.batt))


def _ping(message: OwnTracksMessage) -> Ping:
    return ping_of(
        message.lat,
        message.lon,
        moment(message.tst, "tst"),
        accuracy_m=message.acc,
        speed=message.vel,
        mps_per_unit=MPS_PER_KMH,
        heading_deg=message.cog,
        altitude_m=message.alt,
        battery=percent(message.batt),
        id=message.id,
    )


async def post_owntracks(request: Request) -> Response:
    """Take a message of OwnTracks; the password is the device token. What is malformed is counted, never refused."""
    services = services_of(request)
    device = await sender_of(services, basic_password(request), scheme='Basic realm="Enroute"')
    try:
        told = decode(await read_body(request, LARGEST_BODY))
    except EncryptedError:
        # A fault of the app's settings: on Android the messages wait until somebody empties the key.
        raise Problem(422, "Encrypted messages cannot be read: empty the encryption key in the app.") from None
    await take_told(services, device, told, APP)
    return json_response([REPORT_LOCATION] if await services.wake.wanted(device.resource_id) else [])
