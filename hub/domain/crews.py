"""Teams: who fills which role of a job at one time, so that nobody fills two and the travel is least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Option(NamedTuple):
    """Somebody, or something, that can fill a role."""

    added_s: float
    """The travel that it adds."""
    unwished: bool
    """Whether the account prefers others; it decides between equals."""
    id: str
    takes: frozenset[str]
    """All whose time it takes: itself and, of a crew, the members."""
    by: Any
    """Whatever the caller wants to know again."""


Team = tuple[Option, ...]
"""One option for each role, in the order of the roles."""


def best_team(roles: Sequence[Sequence[Option]], must: frozenset[str] = frozenset()) -> Team | None:
    """Choose one option for each role: least travel in total, then those who are wished. None where no team is there.

    Nobody's time is taken twice. Where `must` names some, at least one of them belongs to the team. All teams are
    looked at, but those which cannot be better than one that is known.
    """
    sorted_roles = [sorted(options, key=lambda one: one[:3]) for options in roles]
    least_s = [0.0] * (len(roles) + 1)
    """What the roles from each one on add at least."""
    for number in range(len(roles) - 1, -1, -1):
        if not sorted_roles[number]:
            return None
        least_s[number] = least_s[number + 1] + sorted_roles[number][0].added_s
    best: tuple[tuple[float, int], Team] | None = None

    def fill(team: Team, taken: frozenset[str], added_s: float, unwished: int) -> None:
        nonlocal best
        number = len(team)
        if best is not None and (added_s + least_s[number], unwished) >= best[0]:
            return
        if number == len(sorted_roles):
            if not must or taken & must:
                best = ((added_s, unwished), team)
            return
        for option in sorted_roles[number]:
            if taken.isdisjoint(option.takes):
                fill((*team, option), taken | option.takes, added_s + option.added_s, unwished + option.unwished)

    fill((), frozenset(), 0.0, 0)
    return best[1] if best else None


def narrowed(roles: Sequence[Sequence[Option]]) -> list[list[Option]]:
    """Keep of each role as many of the best options as there are roles.

    The best team is among them where each option takes its own time alone: the others fill at most one less, so one
    of those kept is always free and at least as good as any left out.
    """
    return [sorted(options, key=lambda one: one[:3])[: len(roles)] for options in roles]
