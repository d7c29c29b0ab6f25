"""Pings for tests, and ways to draw them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import strategies as st

from hub.domain.ping import Ping
from hub.domain.ping_filter import Judgement, Limits, PingState, judge
from tests.builders import NOW

METRES_PER_DEGREE = 111_195.0


def ping(second: float = 0.0, *, north_m: float = 0.0, accuracy_m: float | None = 5.0, name: str | None = None) -> Ping:
    """Describe a ping so many seconds after NOW, so many metres north of a place in Helsinki."""
    return Ping(
        lat=60.17 + north_m / METRES_PER_DEGREE,
        lon=24.94,
        at=NOW + timedelta(seconds=second),
        accuracy_m=accuracy_m,
        id=name,
    )


def judge_one(state: PingState, one: Ping, *, duplicate: bool = False, at_s: float = 60.0) -> Judgement:
    """Judge one ping by a server's clock that shows so many seconds after NOW."""
    return judge(state, one, duplicate=duplicate, now=NOW + timedelta(seconds=at_s), limits=Limits())


def judge_all(pings: Iterable[Ping], *, at_s: float = 60.0) -> list[Judgement]:
    """Judge pings in order, starting from nothing."""
    state, judgements = PingState(), []
    for one in pings:
        judgements.append(judge_one(state, one, at_s=at_s))
        state = judgements[-1].state
    return judgements


def some_pings() -> st.SearchStrategy[Ping]:
    """Draw pings of every fate: near and far, early and late, precise and not."""
    return st.builds(
        Ping,
        lat=st.sampled_from([0.0, 60.17, 60.1705, 60.5, 61.0]) | st.floats(-90, 90),
        lon=st.sampled_from([0.0, 24.94, 24.941]) | st.floats(-180, 180),
        at=st.integers(-40 * 86_400, 200).map(lambda second: NOW + timedelta(seconds=second))
        | st.integers(0, 150).map(lambda second: NOW + timedelta(seconds=second)),
        accuracy_m=st.none() | st.sampled_from([0.0, 5.0, 100.0, 100.5]) | st.floats(0, 1e7),
        speed_mps=st.none() | st.floats(0, 100),
        heading_deg=st.none() | st.floats(0, 360),
        id=st.none() | st.text(max_size=5),
    )
