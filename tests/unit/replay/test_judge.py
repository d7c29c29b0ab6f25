"""`hub judge`: what it says of a trace, and of files that are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cli import main
from hub.commands.judge import clock_of, received_pings
from hub.domain.judge_trace import judge_trace
from hub.domain.ping_filter import Limits
from hub.replay.fixes import Row, TraceError
from hub.replay.read import parse_trace

GOOD = '{"lat": 60.17, "lon": 24.94, "at": "2026-11-23T14:00:%02dZ", "accuracy_m": 8%s}\n'

Judge = Callable[..., str]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Judge:
    """Write a trace, judge it, and give what was printed."""

    def run(text: str, *options: str) -> str:
        (tmp_path / "trace").write_text(text)
        monkeypatch.setattr("sys.argv", ["hub", "judge", str(tmp_path / "trace"), *options])
        main()
        return capsys.readouterr().out

    return run


def _as_json(judge: Judge, text: str, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(judge(text, "--json", *options))
    return found


def test_verdicts_are_counted_by_reason(judge: Judge) -> None:
    far = (GOOD % (2, "")).replace("60.17", "61.17")

    found = _as_json(judge, GOOD % (0, "") + GOOD % (1, ', "mock": true') + GOOD % (1, "") + far + "{}\n")

    assert found["verdicts"] == {"accepted": 2, "late": 0, "duplicate": 1, "flagged": 1, "rejected": 1}
    assert found["reasons"] == [
        {"verdict": "flagged", "reasons": ["teleport"], "count": 1},
        {"verdict": "rejected", "reasons": ["malformed"], "count": 1},
    ]
    assert (found["pings"], found["at_rest"], found["mock"]) == (5, 1, 1)
    assert found["judged_at"] == "2026-11-23T14:00:02Z"
    assert found["thresholds"]["inaccurate_m"] == 100
    assert "flips" not in found


def test_received_times_are_the_clock_where_the_trace_has_them(judge: Judge) -> None:
    ahead = GOOD % (0, ', "written_at": "2026-11-23T13:58:00Z"')
    in_time = GOOD % (1, ', "received_at": 1795442402, "written_at": "2020-01-01T00:00:00Z"')

    found = _as_json(judge, ahead + in_time + GOOD % (2, ""))

    assert found["judged_at"] == "received"
    assert found["verdicts"]["rejected"] == 1
    assert found["reasons"] == [{"verdict": "rejected", "reasons": ["future"], "count": 1}]


def test_what_another_threshold_flips_is_listed(judge: Judge) -> None:
    found = _as_json(judge, GOOD % (0, "") + (GOOD % (1, "")).replace(": 8}", ": 60}"), "--inaccurate-m", "50")

    assert found["changed"] == {"inaccurate_m": 50}
    assert found["flips"] == [
        {
            "number": 2,
            "at": "2026-11-23T14:00:01Z",
            "lat": 60.17,
            "lon": 24.94,
            "from": {"verdict": "accepted", "reasons": [], "at_rest": True},
            "to": {"verdict": "flagged", "reasons": ["inaccurate"], "at_rest": False},
        }
    ]


def test_people_read_the_same(judge: Judge) -> None:
    told = judge(GOOD % (0, "") + (GOOD % (1, "")).replace(": 8}", ": 60}"), "--inaccurate-m", "50")

    assert "judged as if all came at 2026-11-23T14:00:01Z, their newest time" in told
    assert "accepted        2  100.0 %" in told
    assert "with inaccurate_m 50: 1 flip\n" in told
    assert "#2  2026-11-23T14:00:01Z  60.17000, 24.94000  accepted (at rest) → flagged (inaccurate)" in told


def test_a_place_off_the_globe_is_malformed(judge: Judge) -> None:
    found = _as_json(judge, GOOD % (0, "") + (GOOD % (1, "")).replace("60.17", "95"))

    assert found["verdicts"]["rejected"] == 1


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("hello\n", (), "neither GPX nor JSON lines"),
        ("", (), "neither GPX nor JSON lines"),
        ("{nonsense\n{\n", (), "line 1"),
        ((GOOD % (0, "")).replace("60.17", "95"), (), "is no place"),
        (GOOD % (0, ""), ("--inaccurate-m", "2"), ">= 10"),
        (GOOD % (0, ""), ("--trip", "7"), "only CSV"),
        ('{"lat": 1, "lon": 1, "at": "9999-12-31T23:59:59-12:00"}', (), "outside the calendar"),
        ('{"lat": 1, "lon": 1, "at": 1, "id": ' + "[" * 100_000, (), "nested too deeply"),
    ],
)
def test_what_cannot_be_judged_is_said_in_one_line(
    judge: Judge, text: str, options: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit) as end:
        judge(text, *options)

    assert str(end.value.code).startswith("hub: ")
    assert said in str(end.value.code)
    assert "\n" not in str(end.value.code)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_times_at_the_ends_of_the_calendar_are_judged_too(judge: Judge, at: str) -> None:
    odd = f'{{"lat": 1, "lon": 1, "at": "{at}", "accuracy_m": 1e308, "received_at": "9999-12-31T23:59:59-12:00"}}\n'

    found = _as_json(judge, odd * 2 + GOOD % (0, ""))

    assert sum(found["verdicts"].values()) == 3


ANY = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5) | st.lists(st.none(), max_size=1)
LINES = st.fixed_dictionaries(
    {},
    optional={
        name: ANY | st.sampled_from([0, -1, 60.17, 1e300, "2026-11-23T14:00:00Z", "0001-01-01T00:00:00+23:59"])
        for name in (*Row.__struct_fields__, "else")
    },
)


@given(st.lists(LINES, min_size=1, max_size=5), st.sampled_from(["", " ", "\n{", "\nx"]))
def test_any_lines_are_judged_or_refused(lines: list[dict[str, Any]], end: str) -> None:
    with suppress(TraceError):
        trace = parse_trace("\n".join(json.dumps(line) for line in lines) + end)
        if trace.fixes:
            received = received_pings(trace, clock_of(trace))
            assert len(judge_trace(received, Limits())) == len(trace.fixes) + len(trace.unreadable)


def test_a_missing_file_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["hub", "judge", str(tmp_path / "nothing.jsonl")])

    with pytest.raises(SystemExit, match="No such file"):
        main()


@pytest.mark.parametrize("number", ["nan", "inf", "many"])
def test_a_threshold_that_is_no_number_is_refused(judge: Judge, number: str) -> None:
    with pytest.raises(SystemExit) as end:
        judge(GOOD % (0, ""), "--still-m", number)

    assert end.value.code == 2
