"""Close lines that leave the map's box along the box's edge, so that cut areas stay areas."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

LonLat = tuple[float, float]
"""A place as GeoJSON writes it: longitude, then latitude."""
Run = Sequence[LonLat]
"""A piece of a line inside the box, whose ends lie near the box's edge."""

_TURN = 4.0


class Box(msgspec.Struct, frozen=True):
    """The map's extent in degrees."""

    west: float
    south: float
    east: float
    north: float

    def edge_place(self, place: LonLat) -> float:
        """Tell how far clockwise along the edge `place` lies: 0 north-west, 1 north-east, up to 4."""
        x = (place[0] - self.west) / (self.east - self.west)
        y = (place[1] - self.south) / (self.north - self.south)
        sides = ((1 - y, 0 + x), (1 - x, 1 + (1 - y)), (y, 2 + (1 - x)), (x, 3 + y))
        return min(sides)[1] % _TURN

    def edge_point(self, place: float) -> LonLat:
        """Tell which place lies there on the edge."""
        side, part = int(place % _TURN), place % 1.0
        wide, high = self.east - self.west, self.north - self.south
        return (
            (self.west + part * wide, self.north),
            (self.east, self.north - part * high),
            (self.east - part * wide, self.south),
            (self.west, self.south + part * high),
        )[side]

    def walk(self, start: float, end: float) -> list[LonLat]:
        """Walk clockwise along the edge, past the corners between, with both ends."""
        length = (end - start) % _TURN
        corners = range(math.floor(start) + 1, math.ceil(start + length))
        return [self.edge_point(place) for place in (start, *corners, end)]

    def shorter_walk(self, start: float, end: float) -> list[LonLat]:
        """Walk along the edge in the shorter direction."""
        if (end - start) % _TURN <= _TURN / 2:
            return self.walk(start, end)
        return self.walk(end, start)[::-1]


def close_ring(runs: Sequence[Run], box: Box) -> list[LonLat]:
    """Join the pieces of one ring, in their order, by the shorter way along the edge. Closed at the end."""
    ring: list[LonLat] = []
    for run, after in zip(runs, [*runs[1:], *runs[:1]], strict=True):
        ring += run
        ring += box.shorter_walk(box.edge_place(run[-1]), box.edge_place(after[0]))
    return [*ring, ring[0]]


def sea_rings(coastlines: Sequence[Run], box: Box) -> list[list[LonLat]]:
    """Make rings of the sea from coastlines, which have the water on their right (OpenStreetMap's rule).

    With the water on the right the edge is followed clockwise from where a line leaves the box
    to where the next one enters it.
    """
    left, rings = list(coastlines), []
    while left:
        first = run = left.pop(0)
        ring = list(run)
        while True:
            leaves = box.edge_place(run[-1])
            entries = [(_ahead(leaves, box.edge_place(other[0])), i) for i, other in enumerate(left)]
            nearest, index = min(entries, default=(math.inf, -1))
            if _ahead(leaves, box.edge_place(first[0])) <= nearest:
                ring += box.walk(leaves, box.edge_place(first[0]))
                break
            run = left.pop(index)
            ring += [*box.walk(leaves, box.edge_place(run[0])), *run]
        rings.append([*ring, ring[0]])
    return rings


def _ahead(start: float, end: float) -> float:
    return (end - start) % _TURN
