"""Approaching, arrived, left: each once on one way to a customer."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.geofence import Crossing, CrossingKind, Fence, Journey, step
from hub.domain.ping import Ping
from tests.builders import NOW
from tests.unit.domain.pings import ping

DOOR = ping().place
WAY = Journey("bk_1", NOW)
APPROACHING, ARRIVED, LEFT = CrossingKind.APPROACHING, CrossingKind.ARRIVED, CrossingKind.LEFT


def fix(second: float, away_m: float, speed_mps: float | None = 10.0, accuracy_m: float | None = 8.0) -> Ping:
    """Describe a fix so many metres from the customer's door."""
    return msgspec.structs.replace(ping(second, north_m=away_m, accuracy_m=accuracy_m), speed_mps=speed_mps)


def follow(*fixes: Ping, fence: Fence | None = None, journey: Journey = WAY) -> tuple[list[Crossing], Fence | None]:
    """Follow fixes in order; what was crossed, and the fence at the end."""
    crossed: list[Crossing] = []
    for one in fixes:
        stepped = step(fence, journey, DOOR, one)
        fence = stepped.fence
        crossed += stepped.crossed
    return crossed, fence


def kinds(*fixes: Ping) -> list[tuple[CrossingKind, float]]:
    """Tell what was crossed, and at which second."""
    return [(one.kind, (one.at - NOW).total_seconds()) for one in follow(*fixes)[0]]


def test_a_visit_is_approached_arrived_at_and_left() -> None:
    found = kinds(
        fix(0, 900),
        fix(10, 490),
        fix(20, 300),
        fix(30, 45, 5),
        fix(32, 20, 1),
        fix(900, 101),
        fix(901, 130),
        fix(9, 999),
    )

    assert found == [(APPROACHING, 10), (ARRIVED, 32), (LEFT, 901)]


def test_a_crossing_names_the_way_and_the_moment_of_the_fix() -> None:
    assert follow(fix(3, 400))[0] == [Crossing("bk_1", NOW, APPROACHING, fix(3, 400).at)]


@pytest.mark.parametrize(("away_m", "near"), [(499.9, True), (500.1, False)])
def test_500_m_are_near(away_m: float, *, near: bool) -> None:
    assert bool(kinds(fix(0, away_m))) is near


@pytest.mark.parametrize(
    ("away_m", "speed_mps", "arrived"), [(49.9, 1.99, True), (50.1, 0.0, False), (49.9, 2.0, False), (0, None, False)]
)
def test_slow_and_within_50_m_is_arrived(away_m: float, speed_mps: float | None, *, arrived: bool) -> None:
    assert ((ARRIVED, 0) in kinds(fix(0, away_m, speed_mps))) is arrived


def test_who_is_first_seen_at_the_door_has_approached_too() -> None:
    assert kinds(fix(0, 10, 0)) == [(APPROACHING, 0), (ARRIVED, 0)]


@pytest.mark.parametrize(("second", "arrived"), [(29.9, False), (30.0, True)])
def test_30_s_at_the_door_are_an_arrival_without_any_speed(second: float, *, arrived: bool) -> None:
    found = kinds(fix(0, 40, None), fix(second, 30, None))

    assert ((ARRIVED, second) in found) is arrived


def test_driving_by_is_no_arrival_and_the_wait_begins_anew() -> None:
    assert kinds(fix(0, 45), fix(20, 30), fix(25, 60), fix(31, 45), fix(60, 40)) == [(APPROACHING, 0)]


@pytest.mark.parametrize("accuracy_m", [None, 50.1])
def test_inaccurate_fixes_decide_nothing(accuracy_m: float | None) -> None:
    assert kinds(fix(0, 10, 0, accuracy_m), fix(60, 10, 0, accuracy_m)) == []
    arrived = [fix(0, 10, 0), fix(10, 900, 9, accuracy_m), fix(20, 900, 9, accuracy_m)]
    assert kinds(*arrived) == [(APPROACHING, 0), (ARRIVED, 0)]


def test_50_m_of_accuracy_are_enough() -> None:
    assert len(kinds(fix(0, 10, 0, 50.0))) == 2


def test_an_inaccurate_fix_neither_helps_nor_hinders_leaving() -> None:
    found = kinds(fix(0, 10, 0), fix(10, 150), fix(11, 10, 0, 80), fix(12, 150))

    assert found[-1] == (LEFT, 12)


def test_one_fix_outside_is_not_left_and_a_fix_inside_starts_the_count_again() -> None:
    assert kinds(fix(0, 10, 0), fix(10, 150), fix(11, 99), fix(12, 150))[-1] == (ARRIVED, 0)


def test_a_phone_that_wanders_between_50_and_100_m_arrives_once_and_does_not_leave() -> None:
    wandering = [fix(second, 20 if second % 2 else 95, 0.5) for second in range(1, 200)]

    assert kinds(*wandering) == [(APPROACHING, 1), (ARRIVED, 1)]


def test_after_leaving_nothing_more_happens_on_this_way() -> None:
    assert len(kinds(fix(0, 10, 0), fix(1, 150), fix(2, 160), fix(3, 10, 0), fix(50, 10, 0), fix(60, 300))) == 3


def test_turning_back_and_setting_off_again_is_another_way() -> None:
    first, fence = follow(fix(0, 400))
    again = Journey("bk_1", NOW + timedelta(hours=1))

    crossed, fence = follow(fix(3_700, 400), fence=fence, journey=again)

    assert [(one.kind, one.set_off_at) for one in first + crossed] == [
        (APPROACHING, NOW),
        (APPROACHING, again.set_off_at),
    ]
    assert fence == Fence("bk_1", again.set_off_at, APPROACHING)


def test_another_customer_is_another_way() -> None:
    _, fence = follow(fix(0, 10, 0))

    crossed, _ = follow(fix(60, 10, 0), fence=fence, journey=Journey("bk_2", NOW))

    assert [one.booking_id for one in crossed] == ["bk_2", "bk_2"]


@given(
    st.lists(
        st.tuples(
            st.floats(0, 2_000),
            st.none() | st.floats(0, 30),
            st.none() | st.floats(0, 120),
            st.integers(0, 60),
        ),
        max_size=40,
    )
)
def test_whatever_comes_each_line_is_crossed_at_most_once_and_in_order(
    drawn: list[tuple[float, float | None, float | None, int]],
) -> None:
    second, fixes = 0, []
    for away_m, speed_mps, accuracy_m, later_s in drawn:
        second += later_s
        fixes.append(fix(second, away_m, speed_mps, accuracy_m))

    found = [kind for kind, _ in kinds(*fixes)]

    assert found == [APPROACHING, ARRIVED, LEFT][: len(found)]


def test_a_fence_survives_storage() -> None:
    _, fence = follow(fix(0, 45), fix(10, 40))

    assert msgspec.json.decode(msgspec.json.encode(fence), type=Fence) == fence
