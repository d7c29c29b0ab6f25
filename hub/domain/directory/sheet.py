"""Sheets: CSV as spreadsheets write it, read into rows with their numbers, and written so that no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

import msgspec

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 10_000
"""All rows of an import are written in one transaction, which SQLite's other writers wait for: 2 to 3 s."""
_DELIMITERS = ",;\t"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What spreadsheets take for a formula at the start of a cell (OWASP, "CSV Injection")."""


class SheetError(Exception):
    """A file that cannot be read at all; the text says why."""


class Row(msgspec.Struct, frozen=True):
    """One row: its number as spreadsheets show it, and its cells by column."""

    number: int
    cells: dict[str, str]


class Sheet(msgspec.Struct, frozen=True):
    """A table."""

    columns: list[str]
    rows: list[Row]


def read_sheet(content: bytes) -> Sheet:
    """Read CSV: UTF-8, with or without a byte order mark, parted by commas, semicolons or tabs. Raises SheetError."""
    text = text_of(content)
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    columns: list[str] | None = None
    try:
        for number, record in enumerate(records, start=1):
            cells = [cell.strip() for cell in record]
            if not any(cells):
                continue
            if columns is None:
                columns = _header([cell.lower() for cell in cells])
                continue
            if any(cells[len(columns) :]):
                raise SheetError(f"row {number}: more cells than there are columns")
            if len(rows) == MOST_ROWS:
                raise SheetError(f"more than {MOST_ROWS} rows; split the file")
            named = zip_longest(columns, map(_typed, cells[: len(columns)]), fillvalue="")
            rows.append(Row(number, {column: cell for column, cell in named if column}))
    except csv.Error as fault:
        raise SheetError(f"line {records.line_num}: {fault}") from None
    if columns is None:
        raise SheetError("the file is empty")
    return Sheet(columns, rows)


def write_sheet(columns: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """Write CSV; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if cell is None else _harmless(cell) for cell in row])
    return out.getvalue()


def text_of(content: bytes) -> str:
    """Read a file as UTF-8. Raises SheetError for one that is too large or written otherwise."""
    if len(content) > MOST_BYTES:
        raise SheetError(f"more than {MOST_BYTES // 1024 // 1024} MiB; split the file")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetError("this is UTF-16; save the file as CSV UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise SheetError(f"line {line}: not UTF-8; save the file as CSV UTF-8") from None


def _header(columns: list[str]) -> list[str]:
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise SheetError(f"several columns are called {', '.join(twice)}")
    return columns


def _typed(cell: str) -> str:
    """Undo what `write_sheet`, or somebody in a spreadsheet, has put before text that looks like a formula."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _harmless(cell: str | float) -> str | float:
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
