"""Ask an OSRM server over HTTP."""

from __future__ import annotations

import asyncio

import httpx
import msgspec
import structlog

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route, decode, pass_times
from hub.store.routers.port import NoAnswer

TIMEOUT_S = 2.0
"""A route later than this is of no use to somebody who watches: distance is told until the next try."""
NEAR_M = 150.0
"""OSRM moves each place onto a road, however far that is; beyond this it is another place."""

log = structlog.get_logger()


class _Annotation(msgspec.Struct):
    duration: list[float]


class _Leg(msgspec.Struct):
    annotation: _Annotation


class _Found(msgspec.Struct):
    geometry: str
    duration: float
    distance: float
    legs: list[_Leg]


class _Waypoint(msgspec.Struct):
    distance: float
    """Metres between the place asked for and the road."""


class _Answer(msgspec.Struct):
    code: str
    routes: list[_Found] = []
    waypoints: list[_Waypoint] = []


class OsrmRouter:
    """Routes by OSRM's HTTP interface, version 1. One for the whole process; its connections are pooled."""

    def __init__(self, base_url: str, timeout_s: float = TIMEOUT_S) -> None:
        """Connect later, when first asked. `base_url` is what comes before `/route/v1/`."""
        self._timeout_s = timeout_s
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=4.0),
            trust_env=False,  # only the hub's own settings say what it connects to
        )

    async def route(self, start: Point, end: Point) -> Route | None:
        """Find the fastest way; None where there is none or nobody answers."""
        answer = await self.ask(start, end)
        return answer if isinstance(answer, Route) else None

    async def ask(self, start: Point, end: Point) -> Route | NoAnswer:
        """Find the fastest way, or tell why there is none. Logs one warning when there is none."""
        path = f"route/v1/driving/{_place(start)};{_place(end)}"
        wanted = {
            "overview": "full",
            "geometries": "polyline6",
            "annotations": "duration,distance",
            "radiuses": f"{NEAR_M:g};{NEAR_M:g}",
        }
        try:
            async with asyncio.timeout(self._timeout_s):  # httpx limits each read, not all of them together
                response = await self._http.get(path, params=wanted)
            answer = _read(response)
        except (httpx.HTTPError, TimeoutError, msgspec.MsgspecError, ValueError, IndexError) as fault:
            log.warning("router_down", fault=type(fault).__name__, detail=str(fault)[:200])
            return NoAnswer.DOWN
        if answer is NoAnswer.NO_ROAD:
            log.warning("no_road", status=response.status_code)
        return answer

    async def answers(self) -> bool:
        """Tell whether the server answers in OSRM's way, whatever it says of the place."""
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await self._http.get("nearest/v1/driving/0,0")
            msgspec.json.decode(response.content, type=_Code)
        except (httpx.HTTPError, TimeoutError, msgspec.MsgspecError):
            return False
        return response.status_code in (200, 400)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()


class _Code(msgspec.Struct):
    code: str


def _place(point: Point) -> str:
    return f"{point.lon:.6f},{point.lat:.6f}"


def _read(response: httpx.Response) -> Route | NoAnswer:
    """Read an answer. Raises when it is not OSRM's."""
    if response.status_code not in (200, 400):
        raise ValueError(f"status {response.status_code}")
    answer = msgspec.json.decode(response.content, type=_Answer)
    if answer.code != "Ok":
        return NoAnswer.NO_ROAD  # it works and understood us: NoRoute, NoSegment, a place off the map …
    if len(answer.waypoints) != 2 or not answer.routes:
        raise ValueError("an answer without a route")
    if max(waypoint.distance for waypoint in answer.waypoints) > NEAR_M:
        return NoAnswer.NO_ROAD
    found = answer.routes[0]
    points = decode(found.geometry)
    segments_s = [second for leg in found.legs for second in leg.annotation.duration]
    at_s = pass_times(points, segments_s, found.duration)
    return Route(points, at_s, found.duration, found.distance, EtaSource.ROUTE)
