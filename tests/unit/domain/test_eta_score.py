"""Grade arrival estimates."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.eta_score import Scored, score
from tests.builders import NOW

ARRIVED = NOW + timedelta(minutes=20)


def _scored(left_min: float, error_s: float, width_s: float | None = None, trip: str = "a") -> Scored:
    predicted_at = ARRIVED - timedelta(seconds=error_s)
    half = None if width_s is None else timedelta(seconds=width_s / 2)
    return Scored(
        trip=trip,
        computed_at=ARRIVED - timedelta(minutes=left_min),
        predicted_at=predicted_at,
        earliest=None if half is None else predicted_at - half,
        latest=None if half is None else predicted_at + half,
        arrived_at=ARRIVED,
    )


def test_nothing_is_no_score() -> None:
    assert score([]) is None
    assert score([_scored(0, 10)]) is None


@pytest.mark.parametrize(
    ("left_min", "error_s", "band", "inside"),
    [
        (2, 90, "0-3", 1.0),
        (2, 91, "0-3", 0.0),
        (2, -30, "0-3", 1.0),
        (2, -31, "0-3", 0.0),
        (3, 150, "3-6", 1.0),
        (6, 210, "6-10", 1.0),
        (10, -90, "10-15", 1.0),
        (10, -91, "10-15", 0.0),
    ],
)
def test_the_bands_forgive_late_more_than_early(left_min: float, error_s: float, band: str, inside: float) -> None:
    found = score([_scored(left_min, error_s)])

    assert found is not None
    assert found.bands[band] == inside
    assert found.band_overall is None


def test_errors_jitter_and_ranges_are_counted() -> None:
    found = score([_scored(12, 60, 60), _scored(7, -60, 180), _scored(4, 0, 60), _scored(2, 0, 60, "b")])

    assert found is not None
    assert (found.trips, found.estimates) == (2, 4)
    assert (found.mae_s, found.median_s, found.p90_s, found.bias_s) == (30, 30, 60, 0)
    assert found.jitter_s == pytest.approx((120 + 60) / 2)
    assert (found.coverage, found.width_s, found.constant_width_s) == (0.75, 90, 120)
    assert found.band_overall == pytest.approx(1)


def test_estimates_without_a_range_cover_nothing_and_tell_no_width() -> None:
    found = score([_scored(12, 60)])

    assert found is not None
    assert (found.coverage, found.width_s, found.constant_width_s) == (None, None, None)
