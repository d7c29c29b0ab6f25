"""How each other app sends a position, and what it is told."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from tests.integration.hub import RunningHub


def now_ago(seconds: float = 0.0) -> datetime:
    """Tell a moment shortly before now, in whole seconds as most apps do."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=seconds)


class App(msgspec.Struct, frozen=True):
    """One app: its request for a device token, a moment and more members, and its good answer."""

    name: str
    request: Callable[[str, datetime, dict[str, Any]], dict[str, Any]]
    status: int = 200
    body: bytes = b""
    malformed: int = 200
    """The answer to a position that cannot be read."""

    async def send(self, hub: RunningHub, token: str, at: datetime | None = None, **more: Any) -> httpx.Response:
        """Send a position of the demo city; `more` are members of this app's kind of position."""
        return await hub.http.request(**self.request(token, at or now_ago(), more))


def _owntracks(token: str, at: datetime, more: dict[str, Any]) -> dict[str, Any]:
    message = {"_type": "location", "lat": 60.17, "lon": 24.94, "tst": int(at.timestamp()), "batt": 76} | more
    return {"method": "POST", "url": "/api/v1/owntracks", "json": message, "headers": basic(token)}


def _osmand(token: str, at: datetime, more: dict[str, Any]) -> dict[str, Any]:
    parameters = {"id": token, "lat": 60.17, "lon": 24.94, "timestamp": int(at.timestamp()), "batt": 76} | more
    return {"method": "GET", "url": "/api/v1/osmand", "params": parameters}


def _traccar(token: str, at: datetime, more: dict[str, Any]) -> dict[str, Any]:
    coords = {"latitude": 60.17, "longitude": 24.94, "accuracy": 6.5, "speed": -1}
    location = {"timestamp": at.isoformat(), "coords": coords, "battery": {"level": 0.76}} | more
    return {"method": "POST", "url": "/api/v1/traccar", "json": {"device_id": token, "location": location}}


def _overland(token: str, at: datetime, more: dict[str, Any]) -> dict[str, Any]:
    body = {"locations": [overland_point(at, **more)]}
    return {"method": "POST", "url": "/api/v1/overland", "json": body, "headers": bearer(token)}


def _gpslogger(token: str, at: datetime, more: dict[str, Any]) -> dict[str, Any]:
    parameters = {"token": token, "lat": 60.17, "longitude": 24.94, "time": at.isoformat(), "batt": "76.0"} | more
    return {"method": "GET", "url": "/api/v1/gpslogger", "params": parameters}


def _home_assistant(token: str, at: datetime, more: dict[str, Any]) -> dict[str, Any]:
    data = {"gps": [60.17, 24.94], "gps_accuracy": 7, "battery": 76} | more
    body = {"type": "update_location", "data": data}
    return {"method": "POST", "url": f"/api/webhook/{token}", "json": body}


def overland_point(at: datetime, **more: Any) -> dict[str, Any]:
    """Describe a point as Overland does."""
    properties = {"timestamp": at.isoformat(), "horizontal_accuracy": 7, "battery_level": 0.76} | more
    geometry = {"type": "Point", "coordinates": [24.94, 60.17]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def basic(token: str) -> dict[str, str]:
    """Carry a token as a password."""
    return {"Authorization": "Basic " + base64.b64encode(f"technician:{token}".encode()).decode()}


def bearer(token: str) -> dict[str, str]:
    """Carry a token as a bearer."""
    return {"Authorization": f"Bearer {token}"}


OWNTRACKS = App("owntracks", _owntracks, body=b"[]")
OSMAND = App("osmand", _osmand, malformed=422)
TRACCAR = App("traccar", _traccar)
OVERLAND = App("overland", _overland, body=b'{"result":"ok"}')
GPSLOGGER = App("gpslogger", _gpslogger, malformed=422)
HOME_ASSISTANT = App("home-assistant", _home_assistant, body=b"{}", malformed=422)
APPS = (OWNTRACKS, OSMAND, TRACCAR, OVERLAND, GPSLOGGER, HOME_ASSISTANT)
