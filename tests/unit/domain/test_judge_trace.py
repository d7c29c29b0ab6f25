"""Judge a recorded trace, and compare thresholds."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.judge_trace import Received, count_verdicts, flips, judge_trace
from hub.domain.ping import Ping, Reason, Verdict
from hub.domain.ping_filter import Limits
from tests.builders import NOW
from tests.unit.domain.pings import judge_all, ping, some_pings

V, R = Verdict, Reason


def _received(*pings: Ping | None) -> list[Received]:
    return [Received(one, NOW + timedelta(seconds=60)) for one in pings]


def test_what_was_no_ping_is_malformed_and_changes_nothing() -> None:
    judged = judge_trace(_received(ping(0), None, ping(1)), Limits())

    assert [(one.verdict, one.reasons) for one in judged] == [
        (V.ACCEPTED, ()),
        (V.REJECTED, (R.MALFORMED,)),
        (V.ACCEPTED, ()),
    ]


def test_the_same_ping_again_is_a_duplicate_by_its_place_and_time_or_by_its_name() -> None:
    renamed = ping(2, name="a")

    judged = judge_trace(_received(ping(0), ping(0), ping(1, name="a"), renamed, ping(1, name="b")), Limits())

    assert [one.verdict for one in judged] == [V.ACCEPTED, V.DUPLICATE, V.ACCEPTED, V.DUPLICATE, V.DUPLICATE]


def test_a_rejected_ping_may_come_again() -> None:
    trace = [Received(ping(90), NOW), Received(ping(90), NOW + timedelta(seconds=60))]

    assert [one.verdict for one in judge_trace(trace, Limits())] == [V.REJECTED, V.ACCEPTED]


def test_another_threshold_flips_what_depends_on_it_and_what_follows_from_that() -> None:
    trace = _received(ping(0), ping(1, accuracy_m=80), ping(2, north_m=140))

    changed = flips(judge_trace(trace, Limits()), judge_trace(trace, Limits(inaccurate_m=50)))

    assert [(flip.number, flip.before.verdict, flip.after.verdict, flip.after.reasons) for flip in changed] == [
        (2, V.ACCEPTED, V.FLAGGED, (R.INACCURATE,)),
        (3, V.ACCEPTED, V.FLAGGED, (R.TELEPORT,)),
    ]
    assert changed[0].before.ping == trace[1].ping


def test_standing_still_is_a_fate_too() -> None:
    trace = _received(ping(0), ping(10, north_m=4))

    changed = flips(judge_trace(trace, Limits()), judge_trace(trace, Limits(still_m=0)))

    assert [(flip.number, flip.before.at_rest, flip.after.at_rest) for flip in changed] == [(2, True, False)]


@given(st.lists(st.none() | some_pings(), max_size=15))
def test_nothing_is_lost_and_the_same_thresholds_flip_nothing(pings: list[Ping | None]) -> None:
    judged = judge_trace(_received(*pings), Limits())

    assert [one.ping for one in judged] == pings
    assert sum(count_verdicts(judged).values()) == len(pings)
    assert flips(judged, judge_trace(_received(*pings), Limits())) == []


@given(st.lists(some_pings(), max_size=12, unique_by=lambda one: (one.at, one.lat, one.lon)))
def test_pings_without_repeats_are_judged_as_one_by_one(pings: list[Ping]) -> None:
    nameless = [Ping(lat=one.lat, lon=one.lon, at=one.at, accuracy_m=one.accuracy_m) for one in pings]

    judged = judge_trace(_received(*nameless), Limits())

    assert [one.verdict for one in judged] == [one.verdict for one in judge_all(nameless)]
