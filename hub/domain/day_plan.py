"""A planned day and a better one: which visits would move to whom and when, and what that saves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from hub.domain.insertion import Day, Stop, Timeline, Travel
from hub.domain.replan import Job, Problem, improve

ROUNDS = 5_000
"""Rounds of the search: about 3 s for 25 technicians with 7 visits each, on one core."""
CHANGE_S = 300.0
"""Giving a visit to somebody else must save so much travel: people prepare for their day, and customers for them."""
LATEST_SHARE = 0.75
"""No visit is moved into the last quarter of its promised window: the day must bear some delay."""
ROUND_S = 300
"""Moved visits start on multiples of five minutes where that is possible."""


class Replan(StrEnum):
    """What becomes of a better day that was found for tomorrow."""

    OFF = "off"
    """Nobody looks for one."""
    PROPOSE = "propose"
    """Staff see it and decide."""
    APPLY = "apply"
    """It becomes the plan."""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """Something that takes a technician's time on a day; seconds since 1970."""

    id: str
    resource_id: str
    place: int
    """The number of the place."""
    starts_s: float
    service_s: float
    """How long it takes, with the buffer after it."""
    window_s: tuple[float, float] | None = None
    """The promised window of arrival; None for what may not move at all."""
    able: frozenset[str] = frozenset()
    """Who may come."""

    @property
    def job(self) -> Job[int]:
        """Tell when it may start: within its promise, but not at its very end."""
        earliest_s = latest_s = self.starts_s
        if self.window_s is not None:
            begins_s, ends_s = self.window_s
            earliest_s = min(begins_s, self.starts_s)
            latest_s = max(begins_s + (ends_s - begins_s) * LATEST_SHARE, self.starts_s)
        stop = Stop(self.place, self.service_s, earliest_s, latest_s)
        return Job(id=self.id, stop=stop, able=self.able | {self.resource_id})


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One visit at another time, or with somebody else."""

    id: str
    resource_id: str
    starts_s: float
    was_resource_id: str
    was_starts_s: float


class DayPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a better order of a day saves."""

    before_s: float
    """The travel of all technicians as it is planned …"""
    after_s: float
    """… and as it would be."""
    moves: tuple[Move, ...]
    """In order of the new starts."""

    @property
    def saved_s(self) -> float:
        """Tell the travel that it saves."""
        return self.before_s - self.after_s


def plan_day(
    days: Mapping[str, Day[int]], visits: Sequence[Planned], travel: Travel[int], *, rounds: int = ROUNDS, seed: int = 0
) -> DayPlan:
    """Look for a better day; one without moves where none is found. `days` are the technicians' without any stop."""
    jobs = {one.id: one.job for one in visits if one.resource_id in days}
    order: dict[str, tuple[str, ...]] = dict.fromkeys(days, ())
    known = sorted((one for one in visits if one.id in jobs), key=lambda one: one.starts_s)
    for one in known:
        order[one.resource_id] = (*order[one.resource_id], one.id)
    problem = Problem(days=days, jobs=jobs, travel=travel, change_s=CHANGE_S)
    better = improve(problem, order, rounds=rounds, seed=seed)
    before = {id_: _route(problem, id_, ids) for id_, ids in order.items()}
    after = {id_: before[id_] if ids == order[id_] else _route(problem, id_, ids) for id_, ids in better.items()}
    before_s, after_s = (sum(route.travel_s for route in routes.values()) for routes in (before, after))
    if after_s >= before_s - 1:
        return DayPlan(before_s=before_s, after_s=before_s, moves=())
    was = {one.id: one for one in known}
    moves = [
        move
        for technician, ids in better.items()
        if ids != order[technician]
        for move in _moves(problem, technician, [was[id_] for id_ in ids])
    ]
    return DayPlan(
        before_s=before_s, after_s=after_s, moves=tuple(sorted(moves, key=lambda one: (one.starts_s, one.id)))
    )


def _route(problem: Problem[int], technician: str, ids: Sequence[str]) -> Timeline[int]:
    stops = [problem.jobs[id_].stop for id_ in ids]
    return Timeline(msgspec.structs.replace(problem.days[technician], stops=stops), problem.travel)


def _moves(problem: Problem[int], technician: str, visits: Sequence[Planned]) -> list[Move]:
    """Choose the start of each visit in its new place: as it was where that can be kept."""
    day, stops = problem.days[technician], [problem.jobs[one.id].stop for one in visits]
    moves = []
    for position, one in enumerate(visits):
        timeline = Timeline(msgspec.structs.replace(day, stops=stops), problem.travel)
        first_s, last_s = timeline.starts_s[position], timeline.due_s[position]
        for start_s in _wishes(one.starts_s, first_s, last_s):
            fixed = Stop(one.place, one.service_s, start_s, start_s)
            tried = [*stops[:position], fixed, *stops[position + 1 :]]
            if Timeline(msgspec.structs.replace(day, stops=tried), problem.travel).kept:
                stops = tried
                break
        starts_s = stops[position].earliest_s if stops[position].latest_s == stops[position].earliest_s else first_s
        if (technician, starts_s) != (one.resource_id, one.starts_s):
            moves.append(
                Move(
                    id=one.id,
                    resource_id=technician,
                    starts_s=starts_s,
                    was_resource_id=one.resource_id,
                    was_starts_s=one.starts_s,
                )
            )
    return moves


def _wishes(was_s: float, first_s: float, last_s: float) -> list[float]:
    """List starts from the one that is liked best: the old one, else the nearest round one, in whole seconds."""
    if first_s <= was_s <= last_s:
        return [was_s, float(math.ceil(first_s))]
    if was_s > last_s:
        wishes = [last_s // ROUND_S * ROUND_S, float(math.floor(last_s))]
    else:
        wishes = [-(-first_s // ROUND_S) * ROUND_S]
    return [wish for wish in (*wishes, float(math.ceil(first_s))) if first_s <= wish <= last_s]
