"""Reading traces."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clients.ping_line import SentPing
from hub.replay.fixes import TraceError
from hub.replay.read import parse_trace, read_trace

MOMENT = datetime(2026, 1, 26, 15, 55, 12, tzinfo=UTC)

GPX = """<?xml version="1.0"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="60.17" lon="24.94"><ele>12.5</ele><time>2026-01-26T15:55:12Z</time></trkpt>
<trkpt lat="60.18" lon="24.95"></trkpt>
</trkseg></trk></gpx>"""


def test_a_csv_is_read_by_its_columns() -> None:
    trace = parse_trace(
        "at,lon,lat,heading_deg,accuracy_m,colour\n"
        "2026-01-26T17:55:12+02:00, 24.94,60.17,58,,red\n"
        "1769442912,24.95,60.18,,8,\n"
    )
    assert trace.fixes == [
        SentPing(lat=60.17, lon=24.94, at=MOMENT, heading_deg=58),
        SentPing(lat=60.18, lon=24.95, at=MOMENT, accuracy_m=8),
    ]
    assert trace.unreadable == []


def test_lines_that_are_no_fixes_are_left_out_and_named() -> None:
    trace = parse_trace(
        "lat,lon,at\n60.17,24.94,2026-01-26T15:55:12Z\nnorth,24.94,2026-01-26T15:55:13Z\n"
        "60.17,24.94\nnan,24.94,2026-01-26T15:55:13Z\n60.17,24.94,yesterday\n60.17,24.94,1e300\n"
    )
    assert len(trace.fixes) == 1
    assert [text.split(":")[0] for text in trace.unreadable] == ["line 3", "line 4", "line 5", "line 6", "line 7"]


TRIPS = "trip,lat,lon,at\n7,60.17,24.94,2026-01-26T15:55:12Z\n8,60.18,24.94,2026-01-26T15:55:12Z\n"


def test_a_trip_is_chosen_among_several() -> None:
    assert [fix.lat for fix in parse_trace(TRIPS, "8").fixes] == [60.18]


def test_the_only_trip_needs_no_choice() -> None:
    assert len(parse_trace(TRIPS.replace("8,60", "7,60")).fixes) == 2


@pytest.mark.parametrize("trip", [None, "9"])
def test_which_trips_there_are_is_said(trip: str | None) -> None:
    with pytest.raises(TraceError, match="7, 8"):
        parse_trace(TRIPS, trip)


def test_json_lines_are_read_and_bad_ones_left_out() -> None:
    trace = parse_trace(
        '{"lat": 60.17, "lon": 24.94, "at": "2026-01-26T15:55:12Z", "speed_mps": -1, "written_at": "x"}\n\n'
        '{"lat": 60.17\n{"lat": 60.17, "lon": 24.94}\n'
    )
    assert trace.fixes == [SentPing(lat=60.17, lon=24.94, at=MOMENT, speed_mps=-1)]
    assert [text.split(":")[0] for text in trace.unreadable] == ["line 3", "line 4"]


def test_gpx_points_without_a_time_are_left_out() -> None:
    trace = parse_trace(GPX)
    assert trace.fixes == [SentPing(lat=60.17, lon=24.94, at=MOMENT, altitude_m=12.5)]
    assert trace.unreadable == ["point 2: no time"]


@pytest.mark.parametrize("text", ["<gpx", "<html></html>", "hello", "", "lat,lon\n1,2\n"])
def test_what_is_no_trace_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "trace").write_text(text)
    with pytest.raises(TraceError):
        read_trace(tmp_path / "trace")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(TraceError):
        trace = parse_trace(text)
        assert all(isinstance(fix, SentPing) for fix in trace.fixes)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="No such file"):
        read_trace(tmp_path / "nothing.gpx")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trace").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TraceError, match="UTF-8"):
        read_trace(tmp_path / "trace")
