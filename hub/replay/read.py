"""Read traces: GPX, CSV, or one JSON object a line. The content tells which it is, not the file's name."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from hub.clients.ping_line import SentPing
from hub.replay.fixes import Note, Row, Trace, TraceError, fix_of, note_of
from hub.replay.gpx import read_gpx

MOST_BYTES = 200 * 1024 * 1024
_NEEDED = {"lat", "lon", "at"}

_decode = msgspec.json.Decoder(Row).decode


def read_trace(path: Path, trip: str | None = None) -> Trace:
    """Read a file; `trip` chooses where a CSV has several. Raises TraceError."""
    trace = parse_trace(_text(path), trip)
    if not trace.fixes:
        first = f" ({trace.unreadable[0]})" if trace.unreadable else ""
        raise TraceError(f"{path} holds no position with a time{first}")
    return trace


def parse_trace(text: str, trip: str | None = None) -> Trace:
    """Read a trace's text, which may hold no fix at all. Raises TraceError."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if trip is not None and start in ("<", "{"):
        raise TraceError("only CSV files have trips to choose from")
    if start == "<":
        return read_gpx(text)
    if start == "{":
        return _collect(_json_rows(text))
    return _read_csv(text, trip)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TraceError(f"{path} is larger than {MOST_BYTES // 1024**2} MiB")
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise TraceError(f"{path} can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise TraceError(f"{path} is no text in UTF-8") from None


def _json_rows(text: str) -> Iterator[tuple[int, Row | str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, _decode(line)
            except msgspec.MsgspecError as error:
                yield number, str(error)
            except RecursionError:
                yield number, "nested too deeply"


def _read_csv(text: str, trip: str | None) -> Trace:
    reader = csv.DictReader(text.splitlines())
    columns = {name.strip() for name in reader.fieldnames or ()}
    if missing := sorted(_NEEDED - columns):
        raise TraceError(f"this is neither GPX nor JSON lines, and as CSV it lacks the columns {', '.join(missing)}")
    if trip is not None and "trip" not in columns:
        raise TraceError("the file has no column `trip`")
    try:
        rows = [(reader.line_num, _cells(row)) for row in reader]
    except csv.Error as error:
        raise TraceError(f"line {reader.line_num}: {error}") from None
    if trip is not None or "trip" in columns:
        rows = _of_trip(rows, trip)
    return _collect((number, _csv_row(cells)) for number, cells in rows)


def _cells(row: dict[str | None, str | list[str] | None]) -> dict[str, str]:
    """Take a line's cells that hold something; surplus ones have no column and go."""
    return {name.strip(): cell.strip() for name, cell in row.items() if name and isinstance(cell, str) and cell.strip()}


def _of_trip(rows: list[tuple[int, dict[str, str]]], trip: str | None) -> list[tuple[int, dict[str, str]]]:
    trips = list(dict.fromkeys(cells.get("trip", "") for _, cells in rows))
    if trip is None and len(trips) <= 1:
        return rows
    if trip not in trips:
        names = ", ".join(filter(None, trips[:20]))
        raise TraceError(f"choose a trip of the file with --trip; it has: {names}")
    return [(number, cells) for number, cells in rows if cells.get("trip", "") == trip]


def _csv_row(cells: dict[str, str]) -> Row | str:
    try:
        return msgspec.convert(cells, Row, strict=False)
    except msgspec.ValidationError as error:
        return str(error)


def _collect(rows: Iterable[tuple[int, Row | str]]) -> Trace:
    fixes: list[SentPing] = []
    unreadable: list[str] = []
    notes: list[Note] = []
    for number, row in rows:
        if isinstance(row, str):
            unreadable.append(f"line {number}: {row}")
            continue
        try:
            fixes.append(fix_of(row))
        except ValueError as error:
            unreadable.append(f"line {number}: {error}")
        else:
            notes.append(note_of(row))
    return Trace(fixes, unreadable, notes)
