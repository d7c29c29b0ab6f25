"""What was learned of arrivals from finished trips: a value that people can read and every ping can use."""

from __future__ import annotations

import math
from datetime import datetime

import msgspec

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource

CELLS_PER_DEGREE = 200
"""A corridor is cut into cells of 1/200 degree: 556 m from south to north, at most as much from west to east."""
_QUARTERS = ("N", "E", "S", "W")


class Range(msgspec.Struct, frozen=True):
    """How far arrivals were from what was expected, so long before."""

    left_s: float
    """Seconds to the expected arrival, when the position was taken."""
    early_s: float
    """As many seconds before the expected arrival the range begins, 0 or more."""
    late_s: float
    """As many after it the range ends, 0 or more."""


class EtaModel(msgspec.Struct, frozen=True, kw_only=True):
    """Factors are seconds really needed for each second that router or distance said; 1 changes nothing.

    They multiply: `pace` of the source, `hours` of the moment, `technicians` of who drives, `cells` of the road ahead.
    """

    version: int = 0
    """0 is the model of a hub that has learned nothing."""
    learned_at: datetime | None = None
    trips: int = 0
    """From how many finished trips it was learned."""
    pace: dict[EtaSource, float] = {}
    """The factor of all trips together."""
    hours: dict[int, float] = {}
    """By local hour of the week: 0 is Monday from midnight to one, 167 Sunday's last."""
    technicians: dict[str, float] = {}
    cells: dict[str, float] = {}
    """By `cell_of`; of road routes only, since a straight line runs along no road."""
    ranges: dict[EtaSource, tuple[Range, ...]] = {}
    """By rising `left_s`; between two the range is interpolated, beyond the last it grows in proportion."""
    ages: tuple[tuple[float, float], ...] = ()
    """By rising age of the position in seconds: the factor, 1 or more, by which the range is wider then."""

    @property
    def has_learned(self) -> bool:
        """Tell whether there is anything in it."""
        return bool(self.pace)


NOTHING_LEARNED = EtaModel()


def cell_of(start: Point, end: Point) -> str:
    """Name the cell of a piece of road, and the quarter in which it leads: a rush has a direction.

    It reads like `53.445 -2.915 N`: the south-western corner, rounded down to the grid.
    """
    lat, lon = (start.lat + end.lat) / 2, (start.lon + end.lon) / 2
    north, east = end.lat - start.lat, (end.lon - start.lon) * math.cos(math.radians(lat))
    quarter = _QUARTERS[round(math.atan2(east, north) / (math.pi / 2)) % 4]
    corner = (math.floor(degrees * CELLS_PER_DEGREE) / CELLS_PER_DEGREE for degrees in (lat, lon))
    return " ".join([*(f"{degrees:.3f}" for degrees in corner), quarter])


def hour_of_week(local: datetime) -> int:
    """Tell the hour of the week of a local time, 0 to 167."""
    return local.weekday() * 24 + local.hour
