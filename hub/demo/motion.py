"""Where a technician is at a moment: along the road, at the pace of the timetable, or standing."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

import msgspec

from hub.domain.geodesy import Point, bearing_deg, distance_m
from hub.domain.routing import Route

TO_THE_DOOR_MPS = 4.0
"""Pace between a door and the road."""


class Motion(msgspec.Struct, frozen=True):
    """A true position, without any noise."""

    place: Point
    speed_mps: float = 0.0
    heading_deg: float | None = None
    """None while standing."""


def door_to_door(route: Route, start: Point, end: Point) -> Route:
    """Lengthen a route, which keeps to the roads, at both ends to the doors."""
    first_s = distance_m(start, route.points[0]) / TO_THE_DOOR_MPS
    last_s = distance_m(route.points[-1], end) / TO_THE_DOOR_MPS
    passed = [first_s + at_s for at_s in route.at_s]
    duration_s = passed[-1] + last_s
    return msgspec.structs.replace(
        route, points=(start, *route.points, end), at_s=(0.0, *passed, duration_s), duration_s=duration_s
    )


def motion_at(route: Route, departs_at: datetime, arrives_at: datetime, now: datetime) -> Motion:
    """Tell where somebody is who drives the route from `departs_at` to `arrives_at`, and stands before and after.

    The route's own times are stretched alike to fill the drive.
    """
    if now < departs_at or len(route.points) == 1:
        return Motion(route.points[0])
    if now >= arrives_at or route.duration_s <= 0:
        return Motion(route.points[-1])
    pace = route.duration_s / (arrives_at - departs_at).total_seconds()
    at_s = (now - departs_at).total_seconds() * pace
    index = min(bisect_right(route.at_s, at_s), len(route.points) - 1)
    begun_s, over_s = route.at_s[index - 1], route.at_s[index]
    start, end = route.points[index - 1], route.points[index]
    if over_s <= begun_s:
        return Motion(end)
    share = min(1.0, (at_s - begun_s) / (over_s - begun_s))
    place = Point(start.lat + (end.lat - start.lat) * share, start.lon + (end.lon - start.lon) * share)
    return Motion(place, distance_m(start, end) / (over_s - begun_s) * pace, bearing_deg(start, end))
