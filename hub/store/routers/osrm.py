"""Ask an OSRM server over HTTP."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import msgspec

from hub.domain.geodesy import Point
from hub.store.routers.http_router import HttpRouter
from hub.store.routers.osrm_answers import NEAR_M


class OsrmRouter(HttpRouter):
    """Routes by OSRM's HTTP interface, version 1: the base URL is what comes before `/route/v1/`."""

    def _route_request(self, places: Sequence[Point]) -> httpx.Request:
        wanted = {
            "overview": "full",
            "geometries": "polyline6",
            "annotations": "duration,distance",
            "radiuses": ";".join(f"{NEAR_M:g}" for _ in places),
        }
        return self._http.build_request("GET", f"route/v1/driving/{_text(places)}", params=wanted)

    def _table_request(self, starts: Sequence[Point], ends: Sequence[Point]) -> httpx.Request:
        first_end = len(starts)
        wanted = {  # without radiuses, with which one place off the road would leave the others without an answer
            "sources": ";".join(map(str, range(first_end))),
            "destinations": ";".join(map(str, range(first_end, first_end + len(ends)))),
        }
        return self._http.build_request("GET", f"table/v1/driving/{_text([*starts, *ends])}", params=wanted)

    def _greeting(self) -> httpx.Request:
        return self._http.build_request("GET", "nearest/v1/driving/0,0")

    def _is_greeting(self, response: httpx.Response) -> bool:
        msgspec.json.decode(response.content, type=_Code)
        return response.status_code in (200, 400)  # whatever it says of the place


class _Code(msgspec.Struct):
    code: str


def _text(places: Sequence[Point]) -> str:
    return ";".join(f"{place.lon:.6f},{place.lat:.6f}" for place in places)
