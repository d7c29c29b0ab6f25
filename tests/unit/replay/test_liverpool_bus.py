"""Buses that somebody recorded: arrivals are foretold well, from the other buses alone.

The recording stays outside the repository; the figures are told in docs/eta.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.domain.eta_evaluate import evaluate
from hub.domain.eta_score import Score, score
from hub.replay.trips import join, read_arrivals, read_trips

FOUR = {"1089", "1097", "1099", "1109"}
FOLDER = Path(__file__).parents[4] / "shared" / "data" / "traces" / "liverpool-bus-14"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the buses' recording is not here: it is kept elsewhere")


@pytest.fixture(scope="module")
def left_out() -> Score:
    """Grade each trip, foretold from the others."""
    trips = join(read_trips(FOLDER / "trips.csv"), read_arrivals(FOLDER / "arrivals.csv"))
    found = score(one.scored for one in evaluate(trips))
    assert found is not None
    return found


def test_each_bus_is_foretold_from_the_others(left_out: Score) -> None:
    assert (left_out.trips, left_out.estimates) == (6, 590)
    assert left_out.mae_s / 60 <= 2.2
    assert left_out.p90_s / 60 <= 6.3


@pytest.mark.parametrize(("learned", "at_most_min"), [(FOUR, 2.7), (FOUR | {"1095", "1107"}, 3.3)])
def test_two_buses_are_foretold_from_others(learned: set[str], at_most_min: float) -> None:
    trips = join(read_trips(FOLDER / "trips.csv"), read_arrivals(FOLDER / "arrivals.csv"))
    two = [trip for trip in trips if trip.name in {"1091", "1105"}]

    found = score(one.scored for one in evaluate(two, [trip for trip in trips if trip.name in learned]))

    assert found is not None
    assert found.estimates == 181
    assert found.mae_s / 60 <= at_most_min


def test_the_last_quarter_of_an_hour_is_right_by_the_bands(left_out: Score) -> None:
    assert left_out.band_overall is not None
    assert left_out.band_overall >= 0.9


def test_the_expected_arrival_hardly_jumps(left_out: Score) -> None:
    assert left_out.jitter_s is not None
    assert left_out.jitter_s <= 15


def test_the_range_holds_at_least_what_it_promises(left_out: Score) -> None:
    assert left_out.coverage is not None
    assert left_out.coverage >= 0.8
