"""Where a technician is at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.demo.motion import door_to_door, motion_at
from hub.domain.geodesy import Point, distance_m
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
END = START + timedelta(minutes=5)
CORNER = Point(60.171, 24.94)
ROUTE = Route((Point(60.17, 24.94), CORNER, Point(60.171, 24.944)), (0.0, 30.0, 60.0), 60.0, 333.0, EtaSource.ROUTE)


def test_before_departure_the_technician_stands_at_the_start() -> None:
    motion = motion_at(ROUTE, START, END, START - timedelta(hours=1))
    assert (motion.place, motion.speed_mps, motion.heading_deg) == (ROUTE.points[0], 0.0, None)


def test_after_arrival_the_technician_stands_at_the_end() -> None:
    motion = motion_at(ROUTE, START, END, END)
    assert (motion.place, motion.speed_mps, motion.heading_deg) == (ROUTE.points[-1], 0.0, None)


def test_the_routes_pace_is_stretched_to_the_timetable() -> None:
    motion = motion_at(ROUTE, START, END, START + timedelta(seconds=75))
    assert motion.place.lat == pytest.approx(60.1705)
    assert motion.speed_mps == pytest.approx(distance_m(ROUTE.points[0], CORNER) / 150)
    assert motion.heading_deg == pytest.approx(0.0)


def test_the_heading_turns_with_the_road() -> None:
    motion = motion_at(ROUTE, START, END, START + timedelta(seconds=200))
    assert motion.heading_deg == pytest.approx(90.0, abs=0.1)


@given(st.floats(-60, 400), st.floats(0.01, 10))
def test_nobody_jumps(at_s: float, step_s: float) -> None:
    before = motion_at(ROUTE, START, END, START + timedelta(seconds=at_s))
    after = motion_at(ROUTE, START, END, START + timedelta(seconds=at_s + step_s))
    fastest_mps = distance_m(CORNER, ROUTE.points[-1]) / 150 + 0.01
    assert distance_m(before.place, after.place) <= fastest_mps * step_s + 0.01


def test_a_route_of_one_place_is_stood_at() -> None:
    route = Route((CORNER,), (0.0,), 0.0, 0.0, EtaSource.ROUTE)
    assert motion_at(route, START, END, START + timedelta(seconds=1)).place == CORNER


def test_a_route_from_door_to_door_begins_and_ends_at_the_doors() -> None:
    here, there = Point(60.1699, 24.94), Point(60.1711, 24.944)
    route = door_to_door(ROUTE, here, there)
    assert (route.points[0], route.points[-1]) == (here, there)
    assert len(route.points) == len(route.at_s)
    assert route.at_s[0] == 0.0
    assert list(route.at_s) == sorted(route.at_s)
    assert route.duration_s == route.at_s[-1] > ROUTE.duration_s
