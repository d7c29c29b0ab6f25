"""Which team fills all roles."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as some

from hub.domain.crews import Option, Team, best_team, narrowed

OPTIONS = some.builds(
    lambda number, added, unwished: Option(float(added), unwished, f"re_{number}", frozenset({f"re_{number}"}), None),
    some.integers(0, 4),
    some.integers(0, 5),
    some.booleans(),
)
ROLES = some.lists(some.lists(OPTIONS, max_size=5), min_size=1, max_size=3)
MUST = some.frozensets(some.sampled_from(["re_0", "re_1"]), max_size=2)


def cost(team: Team) -> tuple[float, int]:
    return sum(one.added_s for one in team), sum(one.unwished for one in team)


@given(ROLES, MUST)
def test_the_best_team_is_the_best_of_all_teams(roles: list[list[Option]], must: frozenset[str]) -> None:
    teams = [
        team
        for team in product(*roles)
        if len({one.id for one in team}) == len(team) and (not must or must & {one.id for one in team})
    ]

    best = best_team(roles, must)

    assert (best is None) == (not teams)
    if best is not None:
        assert best in teams
        assert cost(best) == min(map(cost, teams))


@given(ROLES)
def test_as_many_options_as_roles_are_enough(roles: list[list[Option]]) -> None:
    distinct = [list({one.id: one for one in options}.values()) for options in roles]

    best, of_few = best_team(distinct), best_team(narrowed(distinct))

    assert (best and cost(best)) == (of_few and cost(of_few))


def test_nobody_comes_alone_whose_crew_comes() -> None:
    crew = Option(0.0, False, "re_crew", frozenset({"re_crew", "re_1"}), None)
    member, other = (Option(added, False, id_, frozenset({id_}), None) for added, id_ in ((0.0, "re_1"), (9.0, "re_2")))

    assert best_team([[crew], [member, other]]) == (crew, other)
