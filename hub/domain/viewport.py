"""The part of the Earth that somebody's map shows."""

from __future__ import annotations

import msgspec

from hub.domain.geodesy import Point


class Viewport(msgspec.Struct, frozen=True):
    """A box, both edges included: WGS 84 degrees; `west` above `east` where it lies across the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, place: Point) -> bool:
        """Tell whether a place lies in it."""
        if not self.south <= place.lat <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= place.lon <= self.east
        return place.lon >= self.west or place.lon <= self.east


def viewport(west: float, south: float, east: float, north: float) -> Viewport | None:
    """Make a viewport of a map's bounds, which may count longitudes beyond 180; None where they are no box."""
    if not (south <= north and west <= east) or max(map(abs, (west, south, east, north))) > 1_000:
        return None
    if east - west >= 360:
        return Viewport(-180.0, south, 180.0, north)
    return Viewport(_within(west), south, _within(east), north)


def _within(lon: float) -> float:
    """Bring a longitude into -180 to 180."""
    return lon if -180 <= lon <= 180 else (lon + 180) % 360 - 180
