"""A trace is judged as a web process judges the same pings when a phone sends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.judge_trace import Received, judge_trace
from hub.domain.ping import Ping
from hub.domain.ping_filter import Limits
from hub.services.judge_pings import Batch, Outcome, Rules, Version, Work
from tests.builders import NOW
from tests.fakes import FakeJourneys
from tests.unit.domain.faulty_trace import with_faults
from tests.unit.domain.pings import some_pings
from tests.unit.domain.test_faulty_trace import EXPECTED

LATER = NOW + timedelta(seconds=60)


def _by_the_hub(received: list[Received]) -> list[Outcome]:
    """Judge as one commit for each moment at which something came; the store remembers the keys in between."""
    outcomes: list[Outcome] = []
    work, version = Work("re_1"), Version()
    for one in received:
        batch = Batch("de_1", "re_1", [one.ping], lambda _: None, 0.0)
        again = Work("re_1")
        again._known = work._known
        again.batches = [batch]
        again.judge(version, "mark", FakeJourneys(), Rules(), one.at)
        work._known |= {("de_1", key) for keys in again.group.device_keys for key in (*keys.fresh, *keys.to_check)}  # type: ignore[union-attr]  # there is one after judging
        version = again.after
        outcomes += batch.outcomes
    return outcomes


@pytest.mark.parametrize("seed", [1, 2])
def test_a_faulty_drive(seed: int) -> None:
    received = with_faults(list(EXPECTED), seed)

    judged = judge_trace(received, Limits())

    assert [Outcome(one.verdict, one.reasons) for one in judged] == _by_the_hub(received)


@given(st.lists(st.none() | some_pings(), max_size=10))
def test_any_pings(pings: list[Ping | None]) -> None:
    received = [Received(one, LATER) for one in pings]

    judged = judge_trace(received, Limits())

    assert [Outcome(one.verdict, one.reasons) for one in judged] == _by_the_hub(received)
