"""What phones make of positions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import mean

from hub.demo.motion import Motion
from hub.demo.noise import battery, ping_from
from hub.domain.geodesy import Point, distance_m

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
HERE = Motion(Point(60.17, 24.94))
PINGS = [ping_from(3, HERE, START + timedelta(seconds=2 * number)) for number in range(2000)]


def test_the_same_phone_sends_the_same_ping_at_the_same_moment() -> None:
    assert ping_from(3, HERE, START) == PINGS[0]
    assert ping_from(4, HERE, START) != PINGS[0]


def test_errors_are_of_the_reported_size() -> None:
    errors_m = [distance_m(HERE.place, Point(ping.lat, ping.lon)) for ping in PINGS]
    radii_m = [ping.accuracy_m or 0.0 for ping in PINGS]
    assert 3.0 <= min(radii_m) < max(radii_m) <= 8.0
    within = mean(error_m <= radius_m for error_m, radius_m in zip(errors_m, radii_m, strict=True))
    assert 0.55 < within < 0.8
    assert max(errors_m) < 30


def test_errors_of_neighbouring_pings_are_alike() -> None:
    steps_m = [distance_m(Point(a.lat, a.lon), Point(b.lat, b.lon)) for a, b in pairwise(PINGS)]
    apart_m = [distance_m(Point(a.lat, a.lon), Point(b.lat, b.lon)) for a, b in zip(PINGS, PINGS[30:], strict=False)]
    assert mean(steps_m) < mean(apart_m) / 2


def test_who_stands_has_no_heading() -> None:
    assert PINGS[0].heading_deg is None
    assert PINGS[0].speed_mps == 0.0


def test_the_battery_falls_all_day() -> None:
    charges = [battery(3600.0 * hour) for hour in range(24)]
    assert charges == sorted(charges, reverse=True)
    assert 0.2 < charges[-1] < charges[0] == 1.0
