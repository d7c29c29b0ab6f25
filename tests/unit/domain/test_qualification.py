"""Who may come at all."""

from __future__ import annotations

import math

import pytest

from hub.domain.geodesy import Point
from hub.domain.qualification import (
    Held,
    Requirement,
    Role,
    held_together,
    qualified_until,
    strictest,
    within_radius,
)

GAS, LIFT = Requirement("gas", 2), Requirement("lift")


def test_all_that_is_needed_counts_with_its_rating() -> None:
    assert qualified_until({"gas": Held(2), "lift": Held(1)}, [GAS, LIFT]) == math.inf
    assert qualified_until({"gas": Held(1), "lift": Held(1)}, [GAS, LIFT]) is None
    assert qualified_until({"gas": Held(3)}, [GAS, LIFT]) is None
    assert qualified_until({}, []) == math.inf


def test_the_certificate_that_expires_first_bounds_it() -> None:
    assert qualified_until({"gas": Held(2, 500.0), "lift": Held(1, 300.0)}, [GAS, LIFT]) == 300.0


def test_a_crew_has_together_what_its_members_have_and_of_each_what_lasts_longest() -> None:
    members = [{"gas": Held(3, 100.0)}, {"gas": Held(2, 200.0), "lift": Held()}, {"gas": Held(1)}]

    assert held_together(members, [GAS, LIFT]) == {"gas": Held(2, 200.0), "lift": Held()}


def test_of_requirements_for_one_thing_the_highest_counts() -> None:
    assert strictest([Requirement("gas", 1), LIFT, Requirement("gas", 3)]) == [Requirement("gas", 3), LIFT]


@pytest.mark.parametrize(
    ("kind", "takes"),
    [
        (None, {"employee", "contractor", "crew"}),
        ("equipment", {"equipment"}),
        ("crew", {"crew"}),
        ("employee", {"employee"}),
    ],
)
def test_a_role_takes_its_kind_or_people(kind: str | None, takes: set[str]) -> None:
    kinds = ("employee", "contractor", "equipment", "facility", "crew")

    assert {one for one in kinds if Role(kind=kind).takes(one)} == takes


def test_a_place_is_within_a_radius_of_the_base_where_there_are_both() -> None:
    here, near, far = Point(60.17, 24.94), Point(60.18, 24.94), Point(60.5, 24.94)

    assert within_radius(here, near, 2_000)
    assert not within_radius(here, far, 2_000)
    assert within_radius(None, far, 2_000)
    assert within_radius(here, far, None)
