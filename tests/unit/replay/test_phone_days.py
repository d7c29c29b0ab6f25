"""What two phones really wrote in a day: noise is kept from the map, and no journey is lost.

The days are real people's and stay outside the repository; the figures are told in docs/tracking.md.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.commands.judge import received_pings
from hub.domain.geodesy import distance_m
from hub.domain.judge_trace import Judged, count_verdicts, judge_trace
from hub.domain.ping import KEPT, Ping, Reason, Verdict
from hub.domain.ping_filter import Limits
from hub.replay.read import read_trace

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "traces" / "phone-days"
ANDROID, IPHONE = "android-2016-01-13", "iphone-2016-02-22"
LIMITS = Limits()

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the phones' days are not here: they are kept elsewhere")


def _judged(day: str) -> list[Judged]:
    trace = read_trace(FOLDER / f"{day}.jsonl")
    assert not trace.unreadable
    return judge_trace(received_pings(trace, None), LIMITS)


def _pings(judged: list[Judged], *verdicts: Verdict) -> list[Ping]:
    return [one.ping for one in judged if one.ping and one.verdict in verdicts]


def _length_m(pings: list[Ping]) -> float:
    return sum(distance_m(a.place, b.place) for a, b in pairwise(pings))


@pytest.mark.parametrize(("day", "accepted", "duplicates", "flagged"), [(ANDROID, 141, 7, 426), (IPHONE, 245, 12, 3)])
def test_every_fix_of_a_day_has_one_verdict(day: str, accepted: int, duplicates: int, flagged: int) -> None:
    judged = _judged(day)

    assert count_verdicts(judged) == {
        Verdict.ACCEPTED: accepted,
        Verdict.LATE: 0,
        Verdict.DUPLICATE: duplicates,
        Verdict.FLAGGED: flagged,
        Verdict.REJECTED: 0,
    }
    kept = sum(one.verdict in KEPT for one in judged)
    assert kept + duplicates == len(judged)  # nothing is rejected, so nothing but repeats is missing in the history


@pytest.mark.parametrize(("day", "noisy"), [(ANDROID, 430), (IPHONE, 3)])
def test_all_noisy_fixes_are_kept_from_the_map(day: str, noisy: int) -> None:
    found = [
        one
        for one in _judged(day)
        if one.ping and ((one.ping.accuracy_m or 0) > LIMITS.inaccurate_m or Reason.TELEPORT in one.reasons)
    ]

    assert len(found) == noisy
    assert all(one.verdict in (Verdict.FLAGGED, Verdict.DUPLICATE) for one in found)


def test_the_android_phone_seems_to_travel_a_sixth_of_what_its_raw_fixes_say() -> None:
    judged = _judged(ANDROID)

    assert 2_300_000 < _length_m(_pings(judged, *Verdict)) < 2_400_000
    assert 380_000 < _length_m(_pings(judged, Verdict.ACCEPTED)) < 385_000


@pytest.mark.parametrize(("day", "unlocks"), [(ANDROID, 1), (IPHONE, 0)])
def test_shown_fixes_follow_each_other_as_on_a_road_apart_from_a_jump_that_three_fixes_confirm(
    day: str, unlocks: int
) -> None:
    judged = _judged(day)
    shown = [number for number, one in enumerate(judged) if one.verdict is Verdict.ACCEPTED]

    jumps = [b for a, b in pairwise(shown) if _too_fast(judged[a], judged[b])]

    assert len(jumps) == unlocks
    for number in jumps:
        before = [one for one in judged[shown[shown.index(number) - 1] + 1 : number] if one.ping]
        teleports = [one for one in before if one.reasons == (Reason.TELEPORT,)]
        assert len(teleports) == 2
        assert not any(_too_fast(one, judged[number]) for one in teleports)


@pytest.mark.parametrize(("day", "named"), [(ANDROID, 4), (IPHONE, 6)])
def test_no_journey_is_deleted(day: str, named: int) -> None:
    """Compare with what somebody else's analysis calls trips, apart from those made of the jumps."""
    judged = _judged(day)
    trips = [trip for trip in _trips(day) if trip["distance_m"] < 100_000]
    assert len(trips) == named

    for trip in trips:
        starts, ends = (datetime.fromisoformat(trip[name]) for name in ("started_at", "ended_at"))
        here = [one for one in judged if one.ping and starts <= one.ping.at <= ends]
        good = [one for one in here if one.ping and (one.ping.accuracy_m or 0) <= LIMITS.inaccurate_m]

        assert len(_pings(here, Verdict.ACCEPTED)) >= 5
        assert all(one.verdict in (Verdict.ACCEPTED, Verdict.DUPLICATE) for one in good)
        if trip["distance_m"] > 800:  # shorter walks wander as far as their fixes do
            assert _length_m(_pings(here, Verdict.ACCEPTED)) == pytest.approx(trip["distance_m"], rel=0.15)


def _too_fast(before: Judged, after: Judged) -> bool:
    a, b = before.ping, after.ping
    assert a
    assert b
    apart_m = distance_m(a.place, b.place) - (a.accuracy_m or 0) - (b.accuracy_m or 0)
    return apart_m > LIMITS.teleport_mps * abs((b.at - a.at).total_seconds())


def _trips(day: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{day}.trips.jsonl").read_text().splitlines()
    return [msgspec.json.decode(line) for line in lines]
