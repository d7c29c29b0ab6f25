"""Distances and directions on the Earth, cheap enough to do for every ping."""

from __future__ import annotations

import math

import msgspec

METRES_PER_DEGREE = 111_195.0
"""Metres in a degree of latitude, on the sphere of mean radius 6,371,009 m."""


class Point(msgspec.Struct, frozen=True):
    """A place: WGS 84 degrees."""

    lat: float
    lon: float


def distance_m(a: Point, b: Point) -> float:
    """Measure the metres between two places by the haversine formula (sphere; within 0.6 % of the geodesic)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * 6_371_009.0 * math.asin(min(1.0, math.sqrt(h)))


def at_most_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Tell at a glance how many metres two places lie apart at most: along the meridian, then as at the equator."""
    return (abs(lat_b - lat_a) + abs(lon_b - lon_a)) * (METRES_PER_DEGREE + 0.1)  # a hair more than there are


def bearing_deg(a: Point, b: Point) -> float:
    """Tell the initial direction from `a` to `b` in degrees clockwise from north, from 0 to below 360."""
    lat_a, lat_b, d_lon = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    east = math.sin(d_lon) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(d_lon)
    return math.degrees(math.atan2(east, north)) % 360 % 360  # the first leaves 360 for a hair west of north
