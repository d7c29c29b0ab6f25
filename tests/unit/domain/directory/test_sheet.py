"""Sheets: what spreadsheets write is read, and what we write is no formula."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.directory.sheet import MOST_BYTES, MOST_ROWS, Row, SheetError, read_sheet, write_sheet

READABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20).map(str.strip)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_sheet_is_read_whatever_parts_its_cells(sign: str, mark: bytes) -> None:
    text = 'External_ID, name\r\nC-1,"Aalto, Aino"\r\n\r\nC-2,Löwe'.replace(",", sign)
    sheet = read_sheet(mark + text.encode())
    assert sheet.columns == ["external_id", "name"]
    assert sheet.rows == [
        Row(2, {"external_id": "C-1", "name": f"Aalto{sign} Aino"}),
        Row(4, {"external_id": "C-2", "name": "Löwe"}),
    ]


def test_cells_that_are_left_out_at_the_end_are_empty() -> None:
    assert read_sheet(b"a,b,c\n1\n").rows == [Row(2, {"a": "1", "b": "", "c": ""})]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        ("name\nKäyttö".encode("latin-1"), "line 2: not UTF-8"),
        ("name\nAino".encode("utf-16"), "UTF-16"),
        (b"name,Name\n1,2", "several columns are called name"),
        (b"name\n1,2", "row 2: more cells"),
        (b'name\n"open', "line 2"),
        (b'name\n"a"b"\n', "line 2"),
        (b"name\n" + b"x" * 200_000, "field larger"),
        (b"n" * (MOST_BYTES + 1), "MiB"),
        (b"name\n" + b"x\n" * (MOST_ROWS + 1), "rows"),
    ],
)
def test_what_is_no_sheet_is_told_why(content: bytes, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        read_sheet(content)


@given(st.lists(st.tuples(READABLE, READABLE), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    kept = [row for row in rows if any(row)]
    sheet = read_sheet(write_sheet(["a", "b"], rows).encode())
    assert [(row.cells["a"], row.cells["b"]) for row in sheet.rows] == [(a, b) for a, b in kept]


@given(st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'="]), st.text(max_size=5))
def test_no_cell_that_is_written_is_a_formula(sign: str, rest: str) -> None:
    [_, [cell]] = csv.reader(io.StringIO(write_sheet(["a"], [[sign + rest]]), newline=""))
    assert cell.startswith("'")


def test_numbers_stay_numbers() -> None:
    assert write_sheet(["lat", "note"], [[-33.5, "-33.5"]]) == "lat,note\r\n-33.5,'-33.5\r\n"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sheet_or_refused(content: bytes) -> None:
    with suppress(SheetError):
        assert read_sheet(content).columns
