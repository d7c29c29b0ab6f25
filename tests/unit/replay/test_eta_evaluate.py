"""`hub eta evaluate`: grade arrival estimates on recorded trips."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.cli import main

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
Evaluate = Callable[..., str]


def _trips(*names: str, seconds_each: int = 30) -> str:
    """Drive north, 200 m every so many seconds, one trip after the other."""
    lines = ["trip,at,lat,lon"]
    for number, name in enumerate(names):
        for step in range(21):
            at = START + timedelta(minutes=20 * number, seconds=seconds_each * step)
            lines.append(f"{name},{at.isoformat()},{60 + step * 0.0018:.5f},25")
    return "\n".join(lines) + "\n"


def _arrivals(*names: str, seconds_each: int = 30) -> str:
    arrived = (START + timedelta(minutes=20 * number, seconds=seconds_each * 20) for number in range(len(names)))
    rows = [f"{name},{at.isoformat()},60.036,25" for name, at in zip(names, arrived, strict=True)]
    return "\n".join(["trip,arrived_at,terminal_lat,terminal_lon", *rows]) + "\n"


@pytest.fixture
def evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Evaluate:
    """Write trips and arrivals, grade, and give what was printed."""

    def run(trips: str, arrivals: str, *options: str) -> str:
        (tmp_path / "trips.csv").write_text(trips)
        (tmp_path / "arrivals.csv").write_text(arrivals)
        named = [str(tmp_path / "trips.csv"), "--arrivals", str(tmp_path / "arrivals.csv")]
        monkeypatch.setattr("sys.argv", ["hub", "eta", "evaluate", *named, *options])
        main()
        return capsys.readouterr().out

    return run


def test_trips_that_are_all_alike_are_foretold_to_the_second(evaluate: Evaluate) -> None:
    names = "abcdef"
    found: dict[str, Any] = json.loads(evaluate(_trips(*names), _arrivals(*names), "--json"))

    assert found["overall"]["mae_s"] == pytest.approx(0, abs=1)
    assert found["overall"]["coverage"] == 1
    assert found["overall"]["trips"] == 6
    assert found["overall"]["estimates"] == 6 * 17
    assert found["sources"] == {"history": 6 * 17}
    assert list(found["trips"]) == list(names)


def test_words_show_each_trip_and_all_together(evaluate: Evaluate) -> None:
    lines = evaluate(_trips(*"abc"), _arrivals(*"abc")).splitlines()

    assert lines[0].split()[:4] == ["n", "MAE", "median", "P90"]
    assert [line.split()[0] for line in lines[1:5]] == ["a", "b", "c", "overall"]


def test_predictions_are_written_for_the_scoring_tool(evaluate: Evaluate, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    evaluate(_trips(*"abc"), _arrivals(*"abc"), "--predictions", str(out))

    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 3 * 17
    assert list(rows[0]) == ["trip", "computed_at", "predicted_at", "earliest", "latest", "confidence"]
    assert all(row["earliest"] <= row["predicted_at"] <= row["latest"] for row in rows)
    assert {row["confidence"] for row in rows} == {"0.8"}


def test_learning_from_another_file_looks_at_nothing_else(evaluate: Evaluate, tmp_path: Path) -> None:
    (tmp_path / "slow.csv").write_text(_trips("x", "y", "z", seconds_each=60))
    told = evaluate(_trips(*"abc"), _arrivals(*"abc"), "--learn", str(tmp_path / "slow.csv"), "--json")

    assert json.loads(told)["overall"]["bias_s"] < -60  # they come earlier than slow trips let expect


def test_without_other_trips_the_distance_tells(evaluate: Evaluate) -> None:
    found = json.loads(evaluate(_trips("a"), _arrivals("a"), "--json"))

    assert found["sources"] == {"distance": 17}
    assert found["overall"]["coverage"] is not None


@pytest.mark.parametrize(
    ("trips", "arrivals", "says"),
    [
        ("trip,at,lat\n", "trip,arrived_at\n", "trips.csv lacks the column lon"),
        ("trip,at,lat,lon\n", "trip,arrived_at\n", "trips.csv holds no fix"),
        ("trip,at,lat,lon\na,2026-11-24T08:00Z,91,25\n", "trip,arrived_at\n", "trips.csv, line 2, column lat: 91"),
        (
            "trip,at,lat,lon\na,2026-11-24T08:00Z,60,east\n",
            "trip,arrived_at\n",
            "line 2, column lon: east is no number",
        ),
        ("trip,at,lat,lon\na,today,60,25\n", "trip,arrived_at\n", "line 2, column at: today is no time"),
        ("trip,at,lat,lon\n,2026-11-24T08:00Z,60,25\n", "trip,arrived_at\n", "line 2, column trip: is empty"),
        ("trip,at,lat,lon\na,2026-11-24T08:00Z,60\n", "trip,arrived_at\n", "line 2, column lon: is empty"),
        (_trips("a"), "trip,arrived_at\na,soon\n", "arrivals.csv, line 2, column arrived_at: soon is no time"),
        (_trips("a"), "trip,arrived_at\na,\na,\n", "arrivals.csv, line 3, column trip: a is there twice"),
        (_trips("a"), "trip,arrived_at\na,\n", "holds no trip of a dozen fixes before an arrival"),
        (_trips("a"), "trip\na\n", "arrivals.csv lacks the column arrived_at"),
    ],
)
def test_bad_files_are_told_by_row_and_column(evaluate: Evaluate, trips: str, arrivals: str, says: str) -> None:
    with pytest.raises(SystemExit) as ended:
        evaluate(trips, arrivals)

    assert says in str(ended.value)


def test_a_missing_file_is_told(evaluate: Evaluate, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"none\.csv can't be read"):
        evaluate(_trips("a"), _arrivals("a"), "--learn", str(tmp_path / "none.csv"))
