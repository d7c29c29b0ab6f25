"""A better day moves visits within their promises, says what it saves, and leaves alone what is locked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some

from hub.domain.day_plan import Planned, plan_day
from hub.domain.insertion import Day

DAYS: dict[str, Day[int]] = {
    id_: Day(starts_s=0, ends_s=36_000, start=0, end=0, work=((0, 14_400), (18_000, 36_000))) for id_ in ("a", "b")
}
HOUR_S = 3_600.0


def way(a: int, b: int) -> float:
    return abs(a - b) * 10.0


def visit(id_: str, who: str, place: int, starts_s: float, *, locked: bool = False) -> Planned:
    window = None if locked else (starts_s, starts_s + HOUR_S)
    return Planned(
        id=id_,
        resource_id=who,
        place=place,
        starts_s=starts_s,
        service_s=1_800,
        window_s=window,
        able=frozenset() if locked else frozenset(DAYS),
    )


CROSSED = [
    visit("east", "a", 90, 1_800),
    visit("west", "a", -90, 7_200),
    visit("west too", "b", -91, 1_800),
    visit("east too", "b", 91, 7_200),
]


def test_crossed_days_are_untangled_and_the_gain_is_told() -> None:
    plan = plan_day(DAYS, CROSSED, way, rounds=100)

    assert plan.before_s == 7_240
    assert plan.after_s <= 3_640
    assert plan.saved_s == plan.before_s - plan.after_s
    assert {move.id for move in plan.moves} <= {one.id for one in CROSSED}


def test_who_keeps_a_start_that_can_be_kept_only_changes_hands() -> None:
    plan = plan_day(DAYS, CROSSED, way, rounds=100)

    assert all(move.starts_s == move.was_starts_s and move.resource_id != move.was_resource_id for move in plan.moves)


def test_a_good_day_stays_as_it_is() -> None:
    plan = plan_day(DAYS, [visit("east", "a", 90, 1_800), visit("west", "b", -90, 1_800)], way, rounds=50)

    assert plan.moves == ()
    assert plan.saved_s == 0


def test_what_is_locked_never_moves() -> None:
    locked = [visit(one.id, one.resource_id, one.place, one.starts_s, locked=True) for one in CROSSED]

    assert plan_day(DAYS, locked, way, rounds=50).moves == ()


@settings(max_examples=25, deadline=None)
@given(
    some.lists(
        some.tuples(some.sampled_from("ab"), some.integers(-60, 60), some.integers(0, 30)), min_size=1, max_size=9
    )
)
def test_no_visit_starts_outside_its_promise_or_while_somebody_is_elsewhere(rows: list[tuple[str, int, int]]) -> None:
    visits = [visit(str(n), who, place, 1_000.0 * start) for n, (who, place, start) in enumerate(rows)]

    plan = plan_day(DAYS, visits, way, rounds=15)

    at = {one.id: (one.resource_id, one.starts_s, one) for one in visits}
    at |= {move.id: (move.resource_id, move.starts_s, at[move.id][2]) for move in plan.moves}
    changed = {who for move in plan.moves for who in (move.resource_id, move.was_resource_id)}
    for who in changed:
        place, free_s = 0, 0.0
        for _, starts_s, one in sorted((one for one in at.values() if one[0] == who), key=lambda one: one[1]):
            assert one.starts_s <= starts_s < one.starts_s + HOUR_S
            assert free_s + way(place, one.place) <= starts_s
            assert starts_s + one.service_s <= 14_400 or starts_s >= 18_000
            place, free_s = one.place, starts_s + one.service_s
