"""Read GPX tracks."""

from __future__ import annotations

from datetime import datetime

import gpxpy
from gpxpy.gpx import GPXException, GPXTrackPoint

from hub.clients.ping_line import SentPing
from hub.replay.fixes import Note, Trace, TraceError, moment_of


def read_gpx(text: str) -> Trace:
    """Read all points of all tracks; those without a time are unreadable. Raises TraceError."""
    try:
        points = list(gpxpy.parse(text).walk(only_points=True))
        fixes = [_fix(point, point.time) for point in points if point.time is not None]
    except (GPXException, ValueError, TypeError, AttributeError) as error:
        raise TraceError(f"this is no GPX: {error}") from None
    unreadable = [f"point {number}: no time" for number, point in enumerate(points, 1) if point.time is None]
    return Trace(fixes, unreadable, [Note()] * len(fixes))


def _fix(point: GPXTrackPoint, at: datetime) -> SentPing:
    return SentPing(
        lat=point.latitude,
        lon=point.longitude,
        at=moment_of(at),
        speed_mps=point.speed,
        heading_deg=point.course,
        altitude_m=point.elevation,
    )
