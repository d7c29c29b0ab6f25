"""At which times a job can be done, and by whom."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from hub.domain.availability import Workday
from hub.domain.candidates import Booked
from hub.domain.jobs import Job
from hub.domain.qualification import Role, Wishes
from hub.domain.search import find_times, legs_of
from tests.unit.domain.searching import FROM, MINUTE, PLACES, TO, Simple, cheapest, jobs, resources, site_of, way

GRID = range(FROM, TO, 5 * MINUTE)
WIDE = range(FROM, TO, 9 * MINUTE)


@given(jobs(), some.sampled_from(PLACES), resources())
def test_what_is_offered_is_what_brute_force_finds(job: Job, place: int, everybody: list[Simple]) -> None:
    found = find_times(job, [site_of(place, everybody)], WIDE)

    possible = {start: cheapest(job, place, everybody, start) for start in WIDE}
    assert {one.starts_s: one.added_s for one in found} == {at: s for at, s in possible.items() if s is not None}


@given(jobs(), some.sampled_from(PLACES), resources())
def test_a_team_takes_nobodys_time_twice_and_keeps_the_day_of_each(
    job: Job, place: int, everybody: list[Simple]
) -> None:
    for one in find_times(job, [site_of(place, everybody)], GRID):
        ids = [sent.resource_id for sent in one.team]
        assert len(set(ids)) == len(ids) >= len(job.roles)
        assert {role.id for role in job.roles} <= {sent.role_id for sent in one.team} or any(
            sent.kind == "crew" for sent in one.team
        )
        for sent in one.team:
            if sent.next is not None:
                assert one.starts_s + job.duration_s + job.buffer_s + sent.onward_s <= sent.next.starts_s


@given(jobs(), some.sampled_from(PLACES), resources())
def test_the_ways_that_are_asked_for_before_are_all_that_the_search_needs(
    job: Job, place: int, everybody: list[Simple]
) -> None:
    site = site_of(place, everybody)
    asked = set(legs_of(job, [site], GRID))

    for one in find_times(job, [site], GRID):
        assert set(one.legs) <= asked


DAY = [Workday(((10 * MINUTE, 90 * MINUTE),), 0, 100 * MINUTE)]


def starts(everybody: list[Simple], job: Job, place: int = 0) -> list[int]:
    """Tell the starts in minutes."""
    return [round(one.starts_s / MINUTE) for one in find_times(job, [site_of(place, everybody)], GRID)]


def test_the_way_there_and_the_way_home_are_within_the_hours() -> None:
    one = Simple("re_0", "employee", 4, DAY, [])

    assert way(4, 0) == 9 * MINUTE
    assert starts([one], Job(duration_s=50 * MINUTE)) == [20, 25, 30]


def test_the_buffer_and_the_way_to_the_next_visit_are_kept_free() -> None:
    one = Simple("re_0", "employee", 0, DAY, [Booked("rv_0", 4, 60 * MINUTE, 90 * MINUTE)])

    assert starts([one], Job(duration_s=20 * MINUTE, buffer_s=10 * MINUTE)) == [10, 15, 20]


def test_of_those_who_can_the_one_comes_whose_day_it_adds_least_to_and_then_the_preferred_one() -> None:
    far, near, liked = (Simple(f"re_{n}", "employee", base, DAY, []) for n, base in enumerate((4, 1, 1)))
    job = Job(duration_s=10 * MINUTE, wishes=Wishes(preferred=frozenset({"re_2"})))

    found = find_times(job, [site_of(0, [far, near, liked])], GRID)

    assert {one.lead for one in found} == {"re_2"}
    assert all(one.wished for one in found)


def test_a_crew_leaves_one_persons_work_to_one_person() -> None:
    alone = Simple("re_0", "employee", 4, DAY, [])
    crew = Simple("re_crew", "crew", 0, DAY, [])
    crew.members = [Simple("re_1", "employee", 0, DAY, []), Simple("re_2", "employee", 0, DAY, [])]

    both = find_times(Job(duration_s=60 * MINUTE), [site_of(0, [alone, crew])], GRID)

    assert [(one.starts_s / MINUTE, one.lead) for one in both] == [
        (10, "re_1"),
        (15, "re_1"),
        (20, "re_0"),
        (25, "re_1"),
        (30, "re_1"),
    ]


def test_a_job_for_two_and_a_machine_is_led_by_the_person_of_the_first_role() -> None:
    roles = (Role(id="machine", kind="equipment"), Role(id="fitter"), Role(id="mate"))
    everybody = [
        Simple("re_lift", "equipment", 0, DAY, []),
        Simple("re_1", "employee", 0, DAY, []),
        Simple("re_2", "contractor", 0, DAY, []),
    ]

    found = find_times(Job(duration_s=80 * MINUTE, roles=roles), [site_of(0, everybody)], GRID)

    assert [(sent.resource_id, sent.role_id) for sent in found[0].team] == [
        ("re_1", "fitter"),
        ("re_2", "mate"),
        ("re_lift", "machine"),
    ]
    assert found[0].first_of_day


def test_somebody_with_a_visit_close_by_is_near() -> None:
    one = Simple("re_0", "employee", 4, DAY, [Booked("rv_0", 1, 30 * MINUTE, 40 * MINUTE)])

    found = find_times(Job(duration_s=10 * MINUTE), [site_of(0, [one])], GRID)

    assert {(one.near, one.first_of_day) for one in found if one.starts_s > 40 * MINUTE} == {(True, False)}
