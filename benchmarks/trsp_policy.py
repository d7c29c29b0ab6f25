"""Plug the hub's own search into a simulator that books technicians online.

`PYTHONPATH=. trsp_sim.py INSTANCE --policy benchmarks/trsp_policy.py` asks `offer` for each request and `replan` after
each booking; the interface is described at the top of that file. Nothing here knows an instance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from hub.domain.insertion import Day, Fit, Stop, Timeline
from hub.domain.replan import Job, Problem, improve

ROUNDS = 300
"""How long the plan is improved after each booking: a tenth of a second."""

Spot = tuple[float, float]


class Offer(NamedTuple):
    """A technician, a place among their visits, and the window that is promised."""

    technician: int
    position: int
    earliest: float
    latest: float


def offer(state: Any, request: Any) -> list[Offer]:
    """List where a request fits, at least added travel first, as offers to customers are."""
    found = sorted(_fits(state, request))
    return [Offer(technician, fit.position, *_promise(state, request, fit)) for fit, technician in found]


def replan(state: Any) -> dict[int, list[int]]:
    """Improve all routes under the promises given."""
    order = {str(route.technician.id): [str(visit.request.id) for visit in route.visits] for route in state.routes}
    skills = {str(route.technician.id): route.technician.skills for route in state.routes}
    jobs = {
        str(visit.request.id): Job(
            id=str(visit.request.id),
            stop=_stop(visit.request, visit.earliest, visit.latest),
            able=frozenset(id_ for id_, theirs in skills.items() if visit.request.skills <= theirs),
        )
        for route in state.routes
        for visit in route.visits
    }
    days = {str(route.technician.id): _day(state, route) for route in state.routes}
    problem = Problem(days=days, jobs=jobs, travel=math.dist)
    better = improve(problem, order, rounds=ROUNDS, seed=len(jobs))
    return {int(technician): [int(id_) for id_ in ids] for technician, ids in better.items()}


def _fits(state: Any, request: Any) -> Iterator[tuple[Fit, int]]:
    for route in state.routes:
        if request.skills <= route.technician.skills:
            stops = [_stop(visit.request, visit.earliest, visit.latest) for visit in route.visits]
            timeline = Timeline(_day(state, route, stops), math.dist)
            for fit in timeline.fits(_stop(request, request.earliest, request.latest)):
                yield fit, route.technician.id


def _promise(state: Any, request: Any, fit: Fit) -> tuple[float, float]:
    """Promise from the earliest possible start on, as wide as allowed."""
    earliest = max(request.earliest, min(fit.first_s, request.latest - state.widest_promise))
    return earliest, min(request.latest, earliest + state.widest_promise)


def _day(state: Any, route: Any, stops: list[Stop[Spot]] | None = None) -> Day[Spot]:
    technician = route.technician
    return Day(
        starts_s=max(route.ready, state.now),
        ends_s=technician.day_end,
        start=(route.x, route.y),
        end=(technician.x, technician.y),
        stops=stops or [],
    )


def _stop(request: Any, earliest: float, latest: float) -> Stop[Spot]:
    return Stop((request.x, request.y), request.service, earliest, latest)
