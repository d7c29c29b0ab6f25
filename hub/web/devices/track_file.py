"""Read an uploaded track, GPX or GeoJSON, in slices between which everybody else gets their turn."""

from __future__ import annotations

import asyncio
from itertools import count

import msgspec

from hub.domain.ping import Ping
from hub.web.devices.track_geojson import read_features
from hub.web.devices.track_gpx import GpxReader
from hub.web.devices.track_points import MOST_POINTS, TooManyPointsError

GPX, GEOJSON = "gpx", "geojson"
BYTES_PER_SLICE = 8 * 1024
"""GPX of about 100 points, or 2 ms of work."""
POINTS_PER_SLICE = 100
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Track(msgspec.Struct, frozen=True):
    """What a file holds: its points in its order, None for one without a place or a time."""

    kind: str
    points: list[Ping | None]


def kind_of(body: bytes) -> str | None:
    """Tell from its beginning what a file is, None for neither; what the sender calls it does not matter."""
    if body.startswith(_UTF16_MARKS):
        return GPX
    start = body.removeprefix(_UTF8_MARK)[:1_000].lstrip()[:1]
    return {b"<": GPX, b"{": GEOJSON}.get(start)


async def read_track(body: bytes, kind: str) -> Track:
    """Read a file's points. Raises UnreadableTrackError or TooManyPointsError."""
    return Track(kind, await (_read_gpx(body) if kind == GPX else _read_geojson(body)))


async def _read_gpx(body: bytes) -> list[Ping | None]:
    reader = GpxReader()
    if not body.startswith(_UTF16_MARKS):
        body = body.removeprefix(_UTF8_MARK).lstrip()  # some write an empty line first, which XML does not allow
    for start in range(0, len(body), BYTES_PER_SLICE):
        reader.feed(body[start : start + BYTES_PER_SLICE])
        await asyncio.sleep(0)
    reader.feed(b"", last=True)
    return reader.points


async def _read_geojson(body: bytes) -> list[Ping | None]:
    points: list[Ping | None] = []
    steps = count(1)
    for feature in read_features(body.removeprefix(_UTF8_MARK)):
        if next(steps) % POINTS_PER_SLICE == 0:  # features without points take their time, too
            await asyncio.sleep(0)
        for found in feature:
            if len(points) >= MOST_POINTS:
                raise TooManyPointsError
            points.append(found)
            if next(steps) % POINTS_PER_SLICE == 0:
                await asyncio.sleep(0)
    return points
