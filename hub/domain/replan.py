"""A better day for all technicians together: who visits whom in which order, with every promise kept.

The search takes strings of neighbouring visits out of a few routes and puts them back where they cost least
(J. Christiaens and G. Vanden Berghe, "Slack induction by string removals for vehicle routing problems", Transportation
Science 54, 2020), with the insertion that offers are made with: what it finds can be booked. Equal questions get equal
answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Generic, TypeVar

import msgspec

from hub.domain.insertion import Day, Stop, Timeline, Travel

Place = TypeVar("Place")
Order = Mapping[str, Sequence[str]]
"""Each technician's visits, in order."""

TAKEN_OUT = 10
"""How many visits are taken out on average …"""
LONGEST_STRING = 10
"""… and how many of one route at most (both as in the paper)."""
SKIPPED = 0.01
"""The share of routes overlooked when a visit is put back (the paper's blinks), so that equal starts differ."""
FIRST_HEAT, LAST_HEAT = 0.2, 0.002
"""How much worse a plan may be and be gone on with, as a share of the mean travel per visit (annealing)."""


class Job(msgspec.Struct, Generic[Place], frozen=True, kw_only=True):
    """A visit that has been promised."""

    id: str
    stop: Stop[Place]
    able: frozenset[str]
    """Which technicians may do it. Who is locked has one, and a stop that is fixed."""


class Problem(msgspec.Struct, Generic[Place], frozen=True, kw_only=True):
    """A day to be improved."""

    days: Mapping[str, Day[Place]]
    """The technicians' days without any stop."""
    jobs: Mapping[str, Job[Place]]
    travel: Travel[Place]
    change_s: float = 0.0
    """How much travel giving one visit to somebody else must save at least."""


class Route(Generic[Place]):
    """One technician's day in some order, with what was found out about it."""

    def __init__(self, problem: Problem[Place], technician: str, ids: tuple[str, ...], home: frozenset[str]) -> None:
        day = msgspec.structs.replace(problem.days[technician], stops=tuple(problem.jobs[id_].stop for id_ in ids))
        self.technician, self.ids, self.home = technician, ids, home
        self.timeline = Timeline(day, problem.travel)
        self._change_s = problem.change_s
        self._fits: dict[str, tuple[float, int] | None] = {}

    @property
    def cost_s(self) -> float:
        """Tell the travel, with the price of changes."""
        return self.timeline.travel_s + sum(self.extra_s(id_) for id_ in self.ids)

    def extra_s(self, id_: str) -> float:
        """Tell the price of having a visit here."""
        return 0.0 if id_ in self.home else self._change_s

    def cheapest(self, job: Job[Place]) -> tuple[float, int] | None:
        """Tell the least that a visit costs here, and at which position; None where it does not fit."""
        if job.id not in self._fits:
            fit = min(self.timeline.fits(job.stop), default=None)
            self._fits[job.id] = None if fit is None else (fit.added_s + self.extra_s(job.id), fit.position)
        return self._fits[job.id]


def improve(problem: Problem[Place], order: Order, *, rounds: int, seed: int = 0) -> dict[str, tuple[str, ...]]:
    """Search for an order with less travel, in so many rounds; the order that is given where none is found.

    Whose day cannot be kept as it is (somebody overrode a conflict) keeps all their visits, and gets no other.
    """
    return _Search(problem, order, Random(seed)).run(rounds)  # noqa: S311 - a search, no secret


class _Search(Generic[Place]):
    def __init__(self, problem: Problem[Place], order: Order, random: Random) -> None:
        self._problem, self._random = problem, random
        self._given = {technician: tuple(order.get(technician, ())) for technician in problem.days}
        routes = {
            technician: Route(problem, technician, ids, frozenset(ids)) for technician, ids in self._given.items()
        }
        self.routes = {technician: route for technician, route in routes.items() if route.timeline.kept}
        self._near: dict[str, list[str]] = {}
        self._movable = [id_ for route in self.routes.values() for id_ in route.ids if self._moves(id_)]

    def _moves(self, id_: str) -> bool:
        job = self._problem.jobs[id_]
        return len(job.able) > 1 or job.stop.earliest_s < job.stop.latest_s

    def run(self, rounds: int) -> dict[str, tuple[str, ...]]:
        best = current = self.routes
        best_s = current_s = sum(route.cost_s for route in current.values())
        if not self._movable:
            return self._given
        heat_s = FIRST_HEAT * best_s / len(self._movable)
        cooling = (LAST_HEAT / FIRST_HEAT) ** (1 / max(1, rounds))
        for _ in range(rounds):
            self.routes = current
            changed = self._again()
            heat_s *= cooling
            if changed is None:
                continue
            cost_s = current_s + sum(route.cost_s - current[name].cost_s for name, route in changed.items())
            if cost_s < current_s - heat_s * math.log(max(self._random.random(), 1e-12)):
                current, current_s = {**current, **changed}, cost_s
                if cost_s < best_s - 1e-6:
                    best, best_s = current, cost_s
        return self._given | {technician: route.ids for technician, route in best.items()}

    def _again(self) -> dict[str, Route[Place]] | None:
        """Take some visits out and put them back; the routes that changed, or None where one found no place."""
        out, changed = self._ruin()
        for id_ in self._sorted(out):
            job = self._problem.jobs[id_]
            best: tuple[float, int] | None = None
            there = ""
            for technician, known in self.routes.items():
                if technician not in job.able or self._random.random() < SKIPPED:
                    continue
                found = changed.get(technician, known).cheapest(job)
                if found is not None and (best is None or found < best):
                    best, there = found, technician
            if best is None:
                return None
            route = changed.get(there) or self.routes[there]
            ids = (*route.ids[: best[1]], id_, *route.ids[best[1] :])
            changed[there] = Route(self._problem, there, ids, route.home)
        return changed

    def _ruin(self) -> tuple[list[str], dict[str, Route[Place]]]:
        """Take strings of visits out of the routes near one of them."""
        random, at = self._random, {id_: route for route in self.routes.values() for id_ in route.ids}
        longest = min(LONGEST_STRING, max(1.0, len(at) / max(1, sum(1 for route in self.routes.values() if route.ids))))
        strings = int(random.uniform(1, max(1.0, 4 * TAKEN_OUT / (1 + longest) - 1) + 1))
        out: list[str] = []
        changed: dict[str, Route[Place]] = {}
        for id_ in self._neighbours(random.choice(self._movable)):
            if len(changed) >= strings:
                break
            route = at[id_]
            if route.technician in changed:
                continue
            length = int(random.uniform(1, min(len(route.ids), longest) + 1))
            begin = route.ids.index(id_) - random.randrange(length)
            begin = max(0, min(begin, len(route.ids) - length))
            string = [one for one in route.ids[begin : begin + length] if self._moves(one)]
            left = tuple(one for one in route.ids if one not in string)
            changed[route.technician] = Route(self._problem, route.technician, left, route.home)
            out += string
        return out, changed

    def _neighbours(self, id_: str) -> list[str]:
        if id_ not in self._near:
            jobs, travel = self._problem.jobs, self._problem.travel
            place = jobs[id_].stop.place
            self._near[id_] = sorted(self._movable, key=lambda other: travel(place, jobs[other].stop.place))
        return self._near[id_]

    def _sorted(self, out: list[str]) -> Iterable[str]:
        """Choose in which order visits are put back: at random, or first those that fit into few places."""
        jobs, random = self._problem.jobs, self._random
        random.shuffle(out)
        keys: list[Callable[[Stop[Place]], float]] = [
            lambda stop: 0.0,
            lambda stop: stop.latest_s - stop.earliest_s,
            lambda stop: stop.earliest_s,
            lambda stop: -stop.latest_s,
        ]
        key = random.choice(keys)
        return sorted(out, key=lambda id_: key(jobs[id_].stop))
