"""Estimate arrivals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.eta import estimate
from hub.domain.live_messages import Eta, EtaSource
from hub.domain.route_progress import Progress
from tests.builders import NOW


def _estimate(remaining_s: float, age_s: float = 0.0) -> Eta:
    progress = Progress(segment=0, part=0.0, off_route_m=0.0, remaining_s=remaining_s)
    return estimate(progress, EtaSource.ROUTE, NOW - timedelta(seconds=age_s), NOW)


@given(st.floats(0, 86_400), st.floats(-60, 86_400))
def test_the_range_holds_the_arrival_and_never_begins_before_now(remaining_s: float, age_s: float) -> None:
    eta = _estimate(remaining_s, age_s)

    assert NOW <= eta.earliest <= eta.at <= eta.latest
    assert eta.computed_at == NOW


@given(st.floats(0, 10_000), st.floats(0, 10_000))
def test_a_longer_way_never_arrives_earlier(one_s: float, other_s: float) -> None:
    near, far = _estimate(min(one_s, other_s)), _estimate(max(one_s, other_s))

    assert near.at <= far.at
    assert near.latest <= far.latest


def test_the_range_is_a_share_of_the_time_left_and_a_little_more() -> None:
    eta = _estimate(1_000)

    assert eta.at == NOW + timedelta(seconds=1_000)
    assert eta.earliest == NOW + timedelta(seconds=870)
    assert eta.latest == NOW + timedelta(seconds=1_310)
    assert (eta.confidence, eta.source) == (0.8, EtaSource.ROUTE)


def test_the_time_since_the_position_counts_as_driven() -> None:
    assert _estimate(600, age_s=100).at == NOW + timedelta(seconds=500)


@pytest.mark.parametrize("age_s", [600, 6_000])
def test_who_should_be_there_by_now_arrives_now(age_s: float) -> None:
    eta = _estimate(600, age_s)

    assert (eta.earliest, eta.at, eta.latest) == (NOW, NOW, NOW + timedelta(seconds=60))
