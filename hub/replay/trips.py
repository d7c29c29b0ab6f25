"""Read recorded trips and when they arrived: CSV with `trip`, `at`, `lat`, `lon`, and CSV with `trip`, `arrived_at`."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from statistics import median

import msgspec

from hub.domain.eta_trips import Trip
from hub.domain.geodesy import Point, distance_m
from hub.domain.travel import Fix
from hub.replay.fixes import TraceError, moment_of

ARRIVED_WITHIN_M = 150.0
"""Where nobody wrote down an arrival, the first fix so near the destination is taken for it."""
MOST_BYTES = 200 * 1024 * 1024


class Arrival(msgspec.Struct, frozen=True):
    """A line of the arrivals."""

    at: datetime | None
    terminal: Point | None


def read_trips(path: Path) -> dict[str, list[Fix]]:
    """Read the fixes of each trip, by time. Raises TraceError that names row and column."""
    trips: dict[str, list[Fix]] = defaultdict(list)
    for row in _rows(path, ("trip", "at", "lat", "lon")):
        place = Point(row.number("lat", 90), row.number("lon", 180))
        trips[row.text("trip")].append(Fix(row.moment("at"), place))
    if not trips:
        raise TraceError(f"{path} holds no fix")
    return {name: sorted(fixes, key=lambda fix: fix.at) for name, fixes in trips.items()}


def read_arrivals(path: Path) -> dict[str, Arrival]:
    """Read when each trip arrived, None where it never did, and where it went. Raises TraceError."""
    arrivals: dict[str, Arrival] = {}
    for row in _rows(path, ("trip", "arrived_at")):
        terminal = None
        if row.cells.get("terminal_lat") or row.cells.get("terminal_lon"):
            terminal = Point(row.number("terminal_lat", 90), row.number("terminal_lon", 180))
        at = row.moment("arrived_at") if row.cells.get("arrived_at") else None
        if row.text("trip") in arrivals:
            raise row.fault("trip", f"{row.text('trip')} is there twice")
        arrivals[row.text("trip")] = Arrival(at, terminal)
    return arrivals


def join(fixes_by_trip: Mapping[str, list[Fix]], arrivals: Mapping[str, Arrival], *, find: bool = False) -> list[Trip]:
    """Pair fixes with arrivals; with `find`, trips that the arrivals don't name get theirs from their fixes.

    Where no destination is named it is the one named for others, and else where the trip was when it arrived.
    """
    named = [arrival.terminal for arrival in arrivals.values() if arrival.terminal]
    common = Point(median(place.lat for place in named), median(place.lon for place in named)) if named else None
    if common and any(distance_m(place, common) > ARRIVED_WITHIN_M for place in named):
        common = None  # they go to several places
    trips: list[Trip] = []
    for name, fixes in fixes_by_trip.items():
        arrival = arrivals.get(name)
        arrived_at = arrival.at if arrival else None
        destination = (arrival.terminal if arrival else None) or common
        if find and arrival is None and destination is not None:
            near = (fix.at for fix in fixes if distance_m(fix.place, destination) < ARRIVED_WITHIN_M)
            arrived_at = next(near, None)
        way = tuple(fix for fix in fixes if arrived_at is None or fix.at <= arrived_at)
        if way:
            arrived_s = arrived_at.timestamp() if arrived_at else None
            trips.append(Trip(name, way, destination or way[-1].place, arrived_s))
    return trips


class _Row(msgspec.Struct, frozen=True):
    """A line of a CSV file, and where it is."""

    path: Path
    number_: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        if not (text := self.cells.get(column, "").strip()):
            raise self.fault(column, "is empty")
        return text

    def number(self, column: str, most: float) -> float:
        try:
            number = float(self.text(column))
        except ValueError:
            number = math.nan
        if not -most <= number <= most:
            raise self.fault(column, f"{self.text(column)[:40]} is no number from -{most:g} to {most:g}")
        return number

    def moment(self, column: str) -> datetime:
        try:
            return moment_of(datetime.fromisoformat(self.text(column)))
        except ValueError:
            raise self.fault(column, f"{self.text(column)[:40]} is no time (RFC 3339)") from None

    def fault(self, column: str, what: str) -> TraceError:
        return TraceError(f"{self.path}, line {self.number_}, column {column}: {what}")


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[_Row]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TraceError(f"{path} is larger than {MOST_BYTES // 1024**2} MiB")
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = [name.strip() for name in reader.fieldnames or ()]
            if missing := [name for name in needed if name not in columns]:
                raise TraceError(f"{path} lacks the column {', '.join(missing)}; it has: {', '.join(columns)[:200]}")
            for cells in reader:
                told = {name.strip(): cell for name, cell in cells.items() if name and isinstance(cell, str)}
                yield _Row(path, reader.line_num, told)
    except OSError as error:
        raise TraceError(f"{path} can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise TraceError(f"{path} is no text in UTF-8") from None
    except csv.Error as error:
        raise TraceError(f"{path}: {error}") from None
