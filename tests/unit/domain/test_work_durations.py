"""What to plan for a kind of work: between the median and the 80 % quantile, and near the plan when few tell."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as some

from hub.domain.work_durations import (
    DurationProposal,
    Worked,
    breaks_of,
    propose_duration,
    quantile,
)
from tests.builders import NOW

MIN = timedelta(minutes=1)


def worked(*minutes: float) -> list[Worked]:
    return [Worked(NOW, NOW + one * MIN) for one in minutes]


def test_breaks_do_not_count_as_work() -> None:
    changes = [("on_break", NOW + 10 * MIN), ("in_progress", NOW + 25 * MIN), ("completed", NOW + 60 * MIN)]
    breaks = breaks_of(changes, NOW + 60 * MIN)

    assert Worked(NOW, NOW + 60 * MIN, breaks).seconds == 45 * 60


def test_a_break_that_ends_the_visit_counts_until_it_is_over() -> None:
    breaks = breaks_of([("on_break", NOW + 10 * MIN)], NOW + 60 * MIN)

    assert Worked(NOW, NOW + 60 * MIN, breaks).seconds == 10 * 60


def test_too_few_visits_tell_nothing() -> None:
    assert propose_duration(worked(30, 40, 50, 60), 1_800) is None


def test_buttons_pressed_by_mistake_do_not_count() -> None:
    assert propose_duration(worked(30, 40, 50, 60, 0.5, 2_000), 1_800) is None


def test_the_evidence_is_told() -> None:
    proposal = propose_duration(worked(*[40] * 50, *[50] * 50), 1_800)

    assert proposal == DurationProposal(proposed_s=45 * 60, samples=100, p50_s=45 * 60, p80_s=50 * 60)


def test_few_visits_move_the_plan_only_part_of_the_way() -> None:
    few, many = (propose_duration(worked(*[90] * number), 1_800) for number in (5, 200))

    assert few is not None
    assert many is not None
    assert (few.proposed_s, many.proposed_s) == (50 * 60, 85 * 60)


@given(some.lists(some.integers(1, 600), min_size=5, max_size=60), some.integers(5, 300))
def test_the_proposal_lies_between_the_plan_and_what_was_seen(minutes: list[int], planned_min: int) -> None:
    proposal = propose_duration(worked(*minutes), planned_min * 60)

    assert proposal is not None
    assert min(proposal.p50_s, planned_min * 60) - 150 <= proposal.proposed_s
    assert proposal.proposed_s <= max(proposal.p80_s, planned_min * 60, 300) + 150
    assert proposal.p50_s <= proposal.p80_s


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert [quantile([1.0, 2.0, 4.0], share) for share in (0, 0.5, 0.75, 1)] == [1, 2, 3, 4]
