"""Files of an import: which kind of entries each holds, and its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from hub.domain.directory.entry import Entry
from hub.domain.directory.sheet import MOST_ROWS, SheetError, read_sheet, text_of
from hub.domain.directory.visits import PlannedVisit

CUSTOMERS = "customers"
"""Sheets with an account, a contact and a location in each row."""
VISITS = "visits"
"""Sheets of visits that are planned already."""
MOST_VISITS = 100
"""Of one file: each looks at the days of all who could come (25 to 50 ms), and on SQLite others wait for them all."""
_OF_CUSTOMERS = {
    "accounts": {"external_id": "external_id", "name": "name"},
    "contacts": {
        "external_id": "external_id",
        "account": "external_id",
        "name": "contact_name",
        "email": "email",
        "phone": "phone",
        "language": "language",
    },
    "locations": {
        "external_id": "external_id",
        "account": "external_id",
        "address": "address",
        "lat": "lat",
        "lon": "lon",
        "time_zone": "time_zone",
        "access_notes": "access_notes",
    },
}
"""For each kind, the column of the sheet in which each of its own columns is found."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What one row says of one entry."""

    file: str
    row: int
    cells: Mapping[str, str]
    """By the kind's own columns."""
    area: Any = None
    """Of a territory, its GeoJSON geometry."""
    called: Mapping[str, str] = {}
    """What the file calls columns that it names otherwise."""


class KindLines(msgspec.Struct, frozen=True):
    """All lines of a file that are of one kind."""

    kind: str
    columns: list[str]
    lines: list[Line]


def read_file(name: str, kind: str, content: bytes) -> Iterator[KindLines]:
    """Read a file of a kind, or of `customers`; raises SheetError."""
    if kind == "territories":
        yield _read_areas(name, content)
        return
    sheet = read_sheet(content)
    if kind != CUSTOMERS:
        if kind == VISITS and len(sheet.rows) > MOST_VISITS:
            raise SheetError(f"more than {MOST_VISITS} visits; split the file")
        lines = [Line(file=name, row=row.number, cells=row.cells) for row in sheet.rows]
        yield KindLines(kind, [column for column in sheet.columns if column], lines)
        return
    known = {column for columns in _OF_CUSTOMERS.values() for column in columns.values()}
    if unknown := [column for column in sheet.columns if column and column not in known]:
        raise SheetError(f"unknown columns: {', '.join(unknown)}")
    for one, columns in _OF_CUSTOMERS.items():
        told = {own: column for own, column in columns.items() if column in sheet.columns}
        own_columns = [column for column in columns if columns[column] not in ("external_id", "name")]
        lines = [
            Line(
                file=name,
                row=row.number,
                cells={own: row.cells[column] for own, column in told.items()},
                called=told,
            )
            for row in sheet.rows
            if not own_columns or any(row.cells.get(columns[column]) for column in own_columns)
        ]
        yield KindLines(one, list(told), lines)


def _read_areas(name: str, content: bytes) -> KindLines:
    """Read a GeoJSON FeatureCollection; the properties of a feature are its cells."""
    try:
        collection = msgspec.json.decode(text_of(content))
        features = collection["features"]
        lines = [_feature(name, number, feature) for number, feature in enumerate(features, start=1)]
    except (msgspec.DecodeError, RecursionError, KeyError, TypeError, AttributeError):
        raise SheetError("expected a GeoJSON FeatureCollection") from None
    if len(lines) > MOST_ROWS:
        raise SheetError(f"more than {MOST_ROWS} features; split the file")
    return KindLines("territories", ["external_id", "name"], lines)


def _feature(name: str, number: int, feature: Mapping[str, Any]) -> Line:
    properties = feature.get("properties") or {}
    told = {column: properties.get(column) for column in ("external_id", "name")}
    if told["external_id"] is None:
        told["external_id"] = feature.get("id")
    cells = {column: "" if value is None else str(value) for column, value in told.items()}
    return Line(file=name, row=number, cells=cells, area=feature.get("geometry"))


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a row, or with a whole file (row 0)."""

    file: str
    row: int
    column: str
    message: str


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that a line asks for."""

    line: Line
    id: str
    entry: Entry
    is_new: bool


class VisitRow(msgspec.Struct, frozen=True):
    """A line that asks for a visit."""

    line: Line
    visit: PlannedVisit
