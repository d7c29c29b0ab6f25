"""Noise over a clean drive: exact verdicts for every fault, and a marker that none of them moves."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from hub.domain.geodesy import distance_m
from hub.domain.judge_trace import Judged, count_reasons, count_verdicts, judge_trace
from hub.domain.ping import KEPT, Reason, Verdict
from hub.domain.ping_filter import Limits
from tests.unit.domain import faulty_trace
from tests.unit.domain.faulty_trace import BATCH, SECONDS, Fault, with_faults

V, R = Verdict, Reason
SEEDS = range(5)

EXPECTED: dict[Fault, tuple[dict[Verdict, int], dict[tuple[Verdict, tuple[Reason, ...]], int]]] = {
    faulty_trace.tunnel_then_burst: ({V.ACCEPTED: -59, V.LATE: 59}, {}),
    faulty_trace.reversed_batch: ({V.ACCEPTED: 1 - BATCH, V.LATE: BATCH - 1}, {}),
    faulty_trace.doubled_batch: ({V.DUPLICATE: BATCH}, {}),
    faulty_trace.clock_ahead: ({V.REJECTED: 1}, {(V.REJECTED, (R.FUTURE,)): 1}),
    faulty_trace.from_1970: ({V.REJECTED: 1}, {(V.REJECTED, (R.ANCIENT,)): 1}),
    faulty_trace.honest_cell_fix: ({V.FLAGGED: 1}, {(V.FLAGGED, (R.INACCURATE, R.TELEPORT)): 1}),
    faulty_trace.lying_cell_fix: ({V.FLAGGED: 1}, {(V.FLAGGED, (R.TELEPORT,)): 1}),
    faulty_trace.unknown_as_none: ({}, {}),
}
"""By fault: how the counts differ from a clean drive's, and the reasons."""


def _judged(faults: list[Fault], seed: int) -> list[Judged]:
    trace = with_faults(faults, seed)
    judged = judge_trace(trace, Limits())
    assert len(judged) == len(trace)
    return judged


def _counts(judged: list[Judged]) -> dict[Verdict, int]:
    return {verdict: count for verdict, count in count_verdicts(judged).items() if count}


def test_a_clean_drive_is_accepted_whole() -> None:
    judged = _judged([], 0)

    assert _counts(judged) == {V.ACCEPTED: SECONDS}
    assert not any(one.at_rest for one in judged)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fault", EXPECTED, ids=lambda fault: fault.__name__)
def test_each_fault_gets_exactly_its_verdicts(fault: Fault, seed: int) -> None:
    change, reasons = EXPECTED[fault]

    judged = _judged([fault], seed)

    assert Counter(_counts(judged)) == _changed(change)
    assert count_reasons(judged) == Counter(reasons)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_faults_together_get_exactly_their_verdicts(seed: int) -> None:
    judged = _judged(list(EXPECTED), seed)

    assert Counter(_counts(judged)) == _changed(*(change for change, _ in EXPECTED.values()))
    assert count_reasons(judged) == sum((Counter(reasons) for _, reasons in EXPECTED.values()), Counter())


@pytest.mark.parametrize("seed", SEEDS)
def test_no_fault_moves_the_marker_off_the_road_or_back_in_time(seed: int) -> None:
    shown = [one.ping for one in _judged(list(EXPECTED), seed) if one.ping and one.verdict is V.ACCEPTED]

    for before, after in pairwise(shown):
        took_s = (after.at - before.at).total_seconds()
        assert took_s > 0
        assert distance_m(before.place, after.place) == pytest.approx(faulty_trace.SPEED_MPS * took_s, rel=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_moment_of_the_drive_is_in_the_history_once(seed: int) -> None:
    drive = {one.ping.at for one in faulty_trace.clean_drive() if one.ping}

    kept = Counter(one.ping.at for one in _judged(list(EXPECTED), seed) if one.ping and one.verdict in KEPT)

    assert {at: kept[at] for at in drive} == dict.fromkeys(drive, 1)


def _changed(*changes: dict[Verdict, int]) -> Counter[Verdict]:
    counted = Counter({V.ACCEPTED: SECONDS})
    for change in changes:
        for verdict, more in change.items():
            counted[verdict] += more
    return counted
