"""`GET|POST /api/v1/osmand`: OsmAnd's online tracking, Traccar Client before version 9, and whoever speaks so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import Ping
from hub.web.credentials import services_of
from hub.web.devices.credentials import parameters_of
from hub.web.devices.reading import MPS_PER_KNOT, flag, moment, percent, ping_of, single
from hub.web.devices.taking import Told, first_of, refuse_unreadable, sender_of, take_told
from hub.web.devices.traccar import post_traccar

APP = "OsmAnd protocol"
QUERY = {
    "id": str,
    "lat": float,
    "lon": float,
    "location": str,
    "timestamp": str,
    "speed": float,
    "speed_mps": float,
    "bearing": float,
    "altitude": float,
    "accuracy": float,
    "batt": float,
}


def decode(parameters: Mapping[str, str], now: datetime) -> Told:
    """Read a position; without a time it is of `now`, without a place the phone is alive, no more."""
    battery = percent(parameters.get("batt"))
    lat, lon = first_of(parameters, "lat"), first_of(parameters, "lon")
    if both := first_of(parameters, "location"):
        lat, _, lon = both.partition(",")
    if (lat is None and lon is None) or not flag(parameters.get("valid", "true")):
        return Told(battery=battery)
    # OsmAnd itself knows metres per second: the address that `hub device add` prints gives them this name.
    in_mps = first_of(parameters, "speed_mps")

    def read() -> Ping:
        time = first_of(parameters, "timestamp")
        return ping_of(
            lat,
            lon,
            now if time is None else moment(time, "timestamp"),
            accuracy_m=parameters.get("accuracy"),
            speed=parameters.get("speed") if in_mps is None else in_mps,
            mps_per_unit=MPS_PER_KNOT if in_mps is None else 1.0,
            heading_deg=first_of(parameters, "bearing", "heading"),
            altitude_m=parameters.get("altitude"),
            battery=battery,
            mock=flag(parameters.get("mock")),
        )

    return single(read)


async def get_osmand(request: Request) -> Response:
    """Take a position from the parameters of an address; `id` is the device token, speed in knots. HEAD takes none."""
    return await _take(request)


async def post_osmand(request: Request) -> Response:
    """Take a position from the parameters of an address or a form; `id` is the device token, speed in knots."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return await post_traccar(request)  # a Traccar Client that was updated, with the address that it had
    return await _take(request)


async def _take(request: Request) -> Response:
    services, parameters = services_of(request), await parameters_of(request)
    device = await sender_of(services, first_of(parameters, "id", "deviceid"))
    if request.method != "HEAD":
        told = decode(parameters, services.clock())
        await take_told(services, device, told, APP)
        refuse_unreadable(told)
    return Response()
