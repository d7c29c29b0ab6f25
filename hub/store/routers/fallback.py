"""Ask the road router, and guess from the distance while it is away."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from hub.domain.geodesy import Point
from hub.domain.routing import Route
from hub.store.routers.geodesic import straight
from hub.store.routers.port import NoAnswer, RoadRouter

FAULTS_TO_OPEN = 3
"""After so many faults in a row the router is left alone for a while."""
REST_S = 10.0
"""How long it is left alone: as long as a visit's route is kept before it may be renewed."""

log = structlog.get_logger()


class FallbackRouter:
    """A router that always answers. Its circuit breaker keeps a dead server from slowing every route."""

    def __init__(self, roads: RoadRouter, clock: Callable[[], float] = time.monotonic) -> None:
        """Guard `roads`, which is closed with this. `clock` answers seconds that never run backwards."""
        self._roads, self._clock = roads, clock
        self._faults = 0
        self._rests_until_s = 0.0

    @property
    def rests(self) -> bool:
        """Tell whether the road router is left alone at the moment."""
        return self._faults >= FAULTS_TO_OPEN and self._clock() < self._rests_until_s

    async def route(self, start: Point, end: Point) -> Route:
        """Find the fastest way by road, or estimate it by the distance."""
        if self.rests:
            return straight(start, end)
        if self._faults >= FAULTS_TO_OPEN:  # one may try; the others go on guessing until it is back
            self._rests_until_s = self._clock() + REST_S
        answer = await self._roads.ask(start, end)
        self._count(answer)
        return answer if isinstance(answer, Route) else straight(start, end)

    async def answers(self) -> bool:
        """Tell whether the road router works, for health: the guess always does."""
        return await self._roads.answers()

    async def close(self) -> None:
        """Close the road router."""
        await self._roads.close()

    def _count(self, answer: Route | NoAnswer) -> None:
        if answer is not NoAnswer.DOWN:  # no road between two places is no fault
            self._faults = 0
            return
        self._faults += 1
        if self._faults >= FAULTS_TO_OPEN:
            self._rests_until_s = self._clock() + REST_S
            log.warning("router_rests", faults=self._faults, rest_s=REST_S)
