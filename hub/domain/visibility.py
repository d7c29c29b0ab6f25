"""What a portal's customers may see of the technician on the way to them, and how near before it is exact.

Farther away they see an area: a cell of a grid that lies still, so that many messages tell no more than one. Which
cell is looked up at most once a minute, and left only well outside of it: else the moment of a change, or a position
that wavers at a border, would tell on which line somebody is. Times keep no more than their minute meanwhile, since
a road and a second on it are a place.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.geodesy import METRES_PER_DEGREE, Point, distance_m
from hub.domain.live_messages import Eta, LivePosition

CELL_M = 1_000.0
"""Side of a cell: some hundred homes in a town, and still a map worth looking at."""
MARGIN_M = 150.0
"""How far outside of their cell somebody must be before they are in another one."""
AREA_M = 900.0
"""What an area gives as its accuracy: half the diagonal of a cell with its margin on all sides, and a little more."""
HOLD = timedelta(minutes=1)
"""How long an area and its arrival stand before they are looked up again."""
WHOLE_MINUTE = timedelta(minutes=1)

_ROWS = round(180 * METRES_PER_DEGREE / CELL_M)
_ROW_DEG = 180 / _ROWS
_DECIMALS = 6

Metres = Annotated[int, Meta(ge=50, le=100_000)]
SoonMin = Annotated[int, Meta(ge=1, le=240)]
AfterMin = Annotated[int, Meta(ge=0, le=10_080)]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What a portal shows its customers; as it stands here it is the default."""

    exact_within_m: Metres | None = None
    """The exact place only within so many metres of the customer, before that an area; None: no such limit."""
    exact_within_min: SoonMin | None = None
    """The exact place only within so many minutes of the arrival. With both, whichever comes first."""
    name: bool = True
    """Whether the technician's name is told; else the portal's."""
    photo: bool = True
    phone: bool = True
    closes_after_min: AfterMin | None = 720
    """Minutes after the promised window at which everything closes, however the status stands; None: never."""

    @property
    def has_areas(self) -> bool:
        """Tell whether there is a distance from which on only an area is shown."""
        return self.exact_within_m is not None or self.exact_within_min is not None


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides about one visit besides its status."""

    rules: Rules = Rules()
    paused: bool = False
    """The technician turned sharing off."""
    closed: bool = False
    """They have arrived, or the promised time is long over."""


OPEN = Sight()


def is_closed(rules: Rules, *, arrived: bool, window_latest: datetime, now: datetime) -> bool:
    """Tell whether the live map has closed before the status says so."""
    if arrived or rules.closes_after_min is None:
        return arrived
    return now >= window_latest + timedelta(minutes=rules.closes_after_min)


def is_exact(rules: Rules, position: LivePosition, eta: Eta | None, place: Point, now: datetime) -> bool:
    """Tell whether the customer at `place` may see the position itself."""
    if not rules.has_areas:
        return True
    if is_area(position):  # what was said about a cell says nothing about who is in it
        return False
    if (
        rules.exact_within_m is not None
        and distance_m(Point(position.lat, position.lon), place) <= rules.exact_within_m
    ):
        return True
    soon = rules.exact_within_min
    return soon is not None and eta is not None and eta.at - now <= timedelta(minutes=soon)


class Veiled(msgspec.Struct, frozen=True):
    """What is shown in place of a position, for a while."""

    position: LivePosition
    eta: Eta | None
    until: datetime


def veil(before: Veiled | None, position: LivePosition, eta: Eta | None, now: datetime) -> Veiled:
    """Hide a position in its area, or let stand what was shown `before`; an arrival comes as soon as there is one."""
    if before is not None and now < before.until:
        return before if before.eta is not None else msgspec.structs.replace(before, eta=in_minutes(eta))
    stays = before is not None and _reaches(before.position, position)
    middle = Point(before.position.lat, before.position.lon) if stays and before else None
    return Veiled(_area(position, middle), in_minutes(eta), now + HOLD)


def area_around(position: LivePosition) -> LivePosition:
    """Give the area that a position lies in; one that is an area already stays as it is."""
    return position if is_area(position) else _area(position, None)


def is_area(position: LivePosition) -> bool:
    """Tell whether a position is the middle of a cell, and nothing more."""
    return position.accuracy_m == AREA_M and position == _area(position, None)


def cell_of(place: Point) -> Point:
    """Find the middle of the cell that a place lies in: rows of one height, each with a whole number of columns."""
    row = min(_ROWS - 1, max(0, math.floor((place.lat + 90) / _ROW_DEG)))
    lat = (row + 0.5) * _ROW_DEG - 90
    columns = max(1, round(math.cos(math.radians(lat)) * 360 * METRES_PER_DEGREE / CELL_M))
    column = math.floor((place.lon + 180) / 360 * columns) % columns
    return Point(round(lat, _DECIMALS), round((column + 0.5) * 360 / columns - 180, _DECIMALS))


def in_minutes(eta: Eta | None) -> Eta | None:
    """Round an arrival to whole minutes, its range outwards."""
    if eta is None or _is_in_minutes(eta):
        return eta
    at, earliest, latest = _minute(eta.at + WHOLE_MINUTE / 2), _minute(eta.earliest), _minute(eta.latest)
    latest = latest if latest == eta.latest else latest + WHOLE_MINUTE
    return msgspec.structs.replace(
        eta, at=at, earliest=min(earliest, at), latest=max(latest, at), computed_at=_minute(eta.computed_at)
    )


def _area(position: LivePosition, middle: Point | None) -> LivePosition:
    middle = middle or cell_of(Point(position.lat, position.lon))
    return LivePosition(
        lat=middle.lat, lon=middle.lon, at=position.at, heading_deg=None, speed_mps=None, accuracy_m=AREA_M
    )


def _reaches(area: LivePosition, position: LivePosition) -> bool:
    """Tell whether somebody is in a cell or at most the margin outside of it."""
    off_deg = abs((position.lon - area.lon + 180) % 360 - 180)
    east_m = off_deg * METRES_PER_DEGREE * math.cos(math.radians(area.lat))
    return max(abs(position.lat - area.lat) * METRES_PER_DEGREE, east_m) <= CELL_M / 2 + MARGIN_M


def _is_in_minutes(eta: Eta) -> bool:
    """Tell at a glance that an arrival was rounded before, as most that are told."""
    return not any(time.second or time.microsecond for time in (eta.at, eta.earliest, eta.latest, eta.computed_at))


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
