"""Ask a Valhalla server over HTTP, and let it answer in OSRM's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
import msgspec

from hub.domain.geodesy import Point
from hub.store.routers.http_router import HttpRouter

_CAR = {"costing": "auto", "format": "osrm"}


class ValhallaRouter(HttpRouter):
    """Routes by Valhalla's HTTP interface (3.5 or newer): the base URL is what comes before `/route`."""

    def _route_request(self, places: Sequence[Point]) -> httpx.Request:
        wanted: dict[str, Any] = {
            "locations": _locations(places),
            "shape_format": "polyline6",
            "directions_type": "none",  # nobody reads turns
            "filters": {"action": "include", "attributes": ["shape_attributes.time"]},
            **_CAR,
        }
        return self._http.build_request("POST", "route", json=wanted)

    def _table_request(self, starts: Sequence[Point], ends: Sequence[Point]) -> httpx.Request:
        wanted = {"sources": _locations(starts), "targets": _locations(ends), **_CAR}
        return self._http.build_request("POST", "sources_to_targets", json=wanted)

    def _greeting(self) -> httpx.Request:
        return self._http.build_request("GET", "status")

    def _is_greeting(self, response: httpx.Response) -> bool:
        msgspec.json.decode(response.content, type=_Status)
        return response.status_code == 200


class _Status(msgspec.Struct):
    version: str


def _locations(places: Sequence[Point]) -> list[dict[str, float]]:
    return [{"lat": round(place.lat, 6), "lon": round(place.lon, 6)} for place in places]
