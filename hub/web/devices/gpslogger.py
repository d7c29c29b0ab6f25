"""`GET|POST /api/v1/gpslogger`: GPSLogger's custom URL, with the names of its default and those of `%ALL`."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from hub.domain.ping import Ping
from hub.web.credentials import bearer_token, services_of
from hub.web.devices.credentials import basic_password, parameters_of
from hub.web.devices.reading import MPS_PER_KMH, moment, percent, ping_of, single
from hub.web.devices.taking import Told, first_of, refuse_unreadable, sender_of, take_told

APP = "GPSLogger"
QUERY = {
    "token": str,
    "lat": float,
    "lon": float,
    "longitude": float,
    "time": str,
    "timestamp": float,
    "s": float,
    "spd": float,
    "acc": float,
    "dir": float,
    "alt": float,
    "batt": float,
}


def decode(parameters: Mapping[str, str]) -> Told:
    """Read a position; without any the phone is alive, no more."""
    battery = percent(parameters.get("batt"))
    lat = first_of(parameters, "lat", "latitude")
    lon = first_of(parameters, "lon", "longitude", "long")
    if lat is None and lon is None:
        return Told(battery=battery)
    in_mps = first_of(parameters, "spd", "s", "speed")

    def read() -> Ping:
        return ping_of(
            lat,
            lon,
            moment(first_of(parameters, "timestamp", "time", "timeoffset"), "time"),
            accuracy_m=first_of(parameters, "acc", "accuracy"),
            speed=parameters.get("spd_kph") if in_mps is None else in_mps,
            mps_per_unit=MPS_PER_KMH if in_mps is None else 1.0,
            heading_deg=first_of(parameters, "dir", "bearing"),
            altitude_m=first_of(parameters, "alt", "altitude"),
            battery=battery,
        )

    return single(read)


async def get_gpslogger(request: Request) -> Response:
    """Take a position from the parameters of an address, speed in metres per second. HEAD takes none."""
    return await _take(request)


async def post_gpslogger(request: Request) -> Response:
    """Take a position from the parameters of an address or a form, speed in metres per second."""
    return await _take(request)


async def _take(request: Request) -> Response:
    services, parameters = services_of(request), await parameters_of(request)
    token = bearer_token(request) or basic_password(request) or first_of(parameters, "token")
    device = await sender_of(services, token)
    if request.method != "HEAD":
        told = decode(parameters)
        await take_told(services, device, told, APP)
        refuse_unreadable(told)
    return Response()
