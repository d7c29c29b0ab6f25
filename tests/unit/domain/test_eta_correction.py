"""Correct the router's times by what was learned."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.eta import estimate, whole_minutes
from hub.domain.eta_correction import Correction
from hub.domain.eta_model import NOTHING_LEARNED, EtaModel, Range, cell_of, hour_of_week
from hub.domain.geodesy import Point
from hub.domain.live_messages import Eta, EtaSource
from hub.domain.route_progress import PreparedRoute, Progress
from hub.domain.routing import Route
from tests.builders import NOW

START, MIDDLE, END = Point(53.4, -2.95), Point(53.42, -2.95), Point(53.42, -2.9)
ROUTE = Route((START, MIDDLE, END), (0.0, 300.0, 900.0), 900.0, 5_600.0, EtaSource.ROUTE)
AT_START = PreparedRoute(ROUTE).project(START)
RANGES: dict[EtaSource, tuple[Range, ...]] = {EtaSource.ROUTE: (Range(0, 20, 40), Range(600, 120, 240))}


def _estimate(model: EtaModel, progress: Progress = AT_START, age_s: float = 0.0, stops_s: float = 0.0) -> Eta:
    learned = Correction(model, ROUTE, "anna", "Europe/London")
    return estimate(progress, EtaSource.ROUTE, NOW - timedelta(seconds=age_s), NOW, learned, stops_s)


@given(st.floats(0, 1), st.integers(0, 1), st.floats(-60, 10_000))
def test_where_nothing_was_learned_nothing_changes(part: float, segment: int, age_s: float) -> None:
    progress = Progress(segment, part, 0.0, 900.0 - (segment * 300.0 + part * (300.0 if segment == 0 else 600.0)))
    position_at = NOW - timedelta(seconds=age_s)

    with_nothing = _estimate(NOTHING_LEARNED, progress, age_s)

    today = estimate(progress, EtaSource.ROUTE, position_at, NOW)
    assert abs(with_nothing.at - today.at) <= timedelta(microseconds=2)
    assert abs(with_nothing.latest - today.latest) <= timedelta(microseconds=2)


def test_the_pace_the_hour_and_the_technician_multiply() -> None:
    local_hour = hour_of_week(NOW.astimezone(ZoneInfo("Europe/London")))
    model = EtaModel(pace={EtaSource.ROUTE: 1.2}, hours={local_hour: 1.5}, technicians={"anna": 0.5})

    assert _estimate(model).at == NOW + timedelta(seconds=900 * 1.2 * 1.5 * 0.5)


def test_a_slow_corridor_counts_only_while_it_lies_ahead() -> None:
    model = EtaModel(pace={EtaSource.ROUTE: 1.0}, cells={cell_of(START, MIDDLE): 2.0})

    assert _estimate(model).at == NOW + timedelta(seconds=1_200)
    assert _estimate(model, PreparedRoute(ROUTE).project(MIDDLE)).at == NOW + timedelta(seconds=600)


def test_stops_before_are_not_stretched() -> None:
    model = EtaModel(pace={EtaSource.ROUTE: 2.0})

    assert _estimate(model, stops_s=600).at == NOW + timedelta(seconds=2_400)


@given(st.floats(0, 20_000), st.floats(0, 20_000), st.floats(0, 600))
def test_a_learned_range_is_wider_farther_away_and_for_older_positions(
    one_s: float, other_s: float, age_s: float
) -> None:
    near_s, far_s = sorted((one_s, other_s))
    correction = Correction(EtaModel(pace={EtaSource.ROUTE: 1.0}, ranges=RANGES), ROUTE, "anna", "UTC")

    near, far, old = (correction.range_s(*asked) for asked in ((near_s, 0), (far_s, 0), (far_s, age_s)))

    assert near is not None
    assert far is not None
    assert old is not None
    assert near[0] <= far[0] <= old[0]
    assert near[1] <= far[1] <= old[1]


@given(st.floats(0, 4_000), st.floats(-60, 4_000))
def test_a_learned_range_holds_the_arrival_and_never_begins_before_now(stops_s: float, age_s: float) -> None:
    eta = _estimate(EtaModel(pace={EtaSource.ROUTE: 1.3}, ranges=RANGES), age_s=age_s, stops_s=stops_s)

    assert NOW <= eta.earliest <= eta.at <= eta.latest


@pytest.mark.parametrize(("age_s", "wider"), [(0, 1.0), (60, 1.5), (120, 2.0), (10_000, 2.0)])
def test_learned_ages_widen_the_range(age_s: float, wider: float) -> None:
    model = EtaModel(pace={EtaSource.ROUTE: 1.0}, ranges=RANGES, ages=((120, 2.0),))

    assert Correction(model, ROUTE, "anna", "UTC").range_s(600, age_s) == (120 * wider, 240 * wider)


def test_people_read_a_range_rounded_outward() -> None:
    eta = msgspec.structs.replace(
        _estimate(NOTHING_LEARNED), earliest=NOW.replace(second=59), latest=NOW.replace(second=1)
    )

    earliest, latest = whole_minutes(eta)

    assert earliest == NOW.replace(second=0, microsecond=0)
    assert latest == NOW.replace(second=0, microsecond=0) + timedelta(minutes=1)
    assert whole_minutes(msgspec.structs.replace(eta, latest=latest))[1] == latest


def test_a_cell_tells_the_place_and_where_the_road_leads() -> None:
    assert cell_of(Point(53.4451, -2.9149), Point(53.4459, -2.9149)) == "53.445 -2.915 N"
    assert cell_of(Point(53.4459, -2.9149), Point(53.4451, -2.9149)) == "53.445 -2.915 S"
    assert cell_of(Point(53.4451, -2.9101), Point(53.4451, -2.9149)) == "53.445 -2.915 W"
