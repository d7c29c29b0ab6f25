"""Read routes and tables in OSRM's form, which Valhalla speaks as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import httpx
import msgspec
from msgspec import Meta

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route, decode, pass_times
from hub.store.routers.port import DriveTimes, NoAnswer

NEAR_M = 150.0
"""Routers move each place onto a road, however far that is; beyond this it is another place."""
Amount = Annotated[float, Meta(ge=0, le=1e8)]
"""Seconds or metres of a drive: three years, or twice around the Earth. With more, times could not be told any more."""


class _Annotation(msgspec.Struct):
    duration: list[Amount]


class _Leg(msgspec.Struct):
    annotation: _Annotation


class _Found(msgspec.Struct):
    geometry: str
    duration: Amount
    distance: Amount
    legs: list[_Leg]


class _Waypoint(msgspec.Struct):
    distance: float
    """Metres between the place asked for and the road."""


class _Answer(msgspec.Struct):
    code: str
    routes: list[_Found] = []
    waypoints: list[_Waypoint] = []


class _Table(msgspec.Struct):
    code: str
    durations: list[list[Amount | None]] = []
    sources: list[_Waypoint] = []
    destinations: list[_Waypoint] = []


def read_route(response: httpx.Response, places: int, via: Sequence[Point]) -> Route | NoAnswer:
    """Read the route through so many `places`. Raises ValueError, IndexError or MsgspecError where it is none."""
    answer = msgspec.json.decode(_content(response), type=_Answer)
    if answer.code != "Ok":
        return NoAnswer.NO_ROAD  # it works and understood us: NoRoute, NoSegment, a place off the map …
    if len(answer.waypoints) != places or not answer.routes:
        raise ValueError("an answer without a route")
    if max(waypoint.distance for waypoint in answer.waypoints) > NEAR_M:
        return NoAnswer.NO_ROAD
    found = answer.routes[0]
    points = decode(found.geometry)
    if any(abs(point.lat) > 90 or abs(point.lon) > 180 for point in points):
        raise ValueError("a road that is not on the Earth")
    segments_s = [second for leg in found.legs for second in leg.annotation.duration]
    at_s = pass_times(points, segments_s, found.duration)
    return Route(points, at_s, found.duration, found.distance, EtaSource.ROUTE, tuple(via))


def read_table(response: httpx.Response, starts: int, ends: int) -> DriveTimes | NoAnswer:
    """Read a table of that size. A place far from any road has no drives. Raises like `read_route`."""
    table = msgspec.json.decode(_content(response), type=_Table)
    if table.code != "Ok":
        return NoAnswer.NO_ROAD
    fits = len(table.sources) == len(table.durations) == starts and len(table.destinations) == ends
    if not fits or any(len(row) != ends for row in table.durations):
        raise ValueError("a table of another size")
    near = [end.distance <= NEAR_M for end in table.destinations]
    return [
        [drive_s if is_near and start.distance <= NEAR_M else None for drive_s, is_near in zip(row, near, strict=True)]
        for start, row in zip(table.sources, table.durations, strict=True)
    ]


def _content(response: httpx.Response) -> bytes:
    if response.status_code not in (200, 400):
        raise ValueError(f"status {response.status_code}")
    return response.content
