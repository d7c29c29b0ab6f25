"""Read GPX tracks."""

from __future__ import annotations

from datetime import UTC

import gpxpy
from gpxpy.gpx import GPXException

from hub.clients.ping_line import SentPing
from hub.replay.fixes import Note, Trace, TraceError


def read_gpx(text: str) -> Trace:
    """Read all points of all tracks; those without a time are unreadable. Raises TraceError."""
    try:
        points = list(gpxpy.parse(text).walk(only_points=True))
    except (GPXException, ValueError, TypeError, AttributeError) as error:
        raise TraceError(f"this is no GPX: {error}") from None
    fixes = [
        SentPing(
            lat=point.latitude,
            lon=point.longitude,
            at=point.time.astimezone(UTC) if point.time.tzinfo else point.time.replace(tzinfo=UTC),
            speed_mps=point.speed,
            heading_deg=point.course,
            altitude_m=point.elevation,
        )
        for point in points
        if point.time is not None
    ]
    unreadable = [f"point {number}: no time" for number, point in enumerate(points, 1) if point.time is None]
    return Trace(fixes, unreadable, [Note()] * len(fixes))
