"""Ask the road router, and guess from the distance while it is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import structlog

from hub.domain.geodesy import Point
from hub.domain.routing import Route
from hub.store.routers.geodesic import straight, straight_table
from hub.store.routers.port import DriveTimes, NoAnswer, RoadRouter

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

    async def route(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route:
        """Find the fastest way by road that passes `via` in order, or estimate it by the distance."""
        if not self._may_ask():
            return straight(start, end, via)
        answer = await self._roads.ask(start, end, via)
        self._count(answer)
        return straight(start, end, via) if isinstance(answer, NoAnswer) else answer

    async def table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes:
        """Tell how long the drives take; those without a road, or all, are estimated by the distance."""
        answer = await self.ask_table(starts, ends)
        if isinstance(answer, NoAnswer):
            return straight_table(starts, ends)
        return [
            [
                straight(start, end).duration_s if drive_s is None else drive_s
                for end, drive_s in zip(ends, row, strict=True)
            ]
            for start, row in zip(starts, answer, strict=True)
        ]

    async def ask_table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | NoAnswer:
        """Tell how long the drives take by road; at once that nobody answers while the router is left alone."""
        if not self._may_ask():
            return NoAnswer.DOWN
        answer = await self._roads.ask_table(starts, ends)
        self._count(answer)
        return answer

    async def answers(self) -> bool:
        """Tell whether the road router works, for health: the guess always does."""
        return await self._roads.answers()

    async def close(self) -> None:
        """Close the road router."""
        await self._roads.close()

    def _may_ask(self) -> bool:
        if self.rests:
            return False
        if self._faults >= FAULTS_TO_OPEN:  # one may try; the others go on guessing until it is back
            self._rests_until_s = self._clock() + REST_S
        return True

    def _count(self, answer: Route | DriveTimes | NoAnswer) -> None:
        if answer is not NoAnswer.DOWN:  # no road between two places is no fault
            self._faults = 0
            return
        self._faults += 1
        if self._faults >= FAULTS_TO_OPEN:
            self._rests_until_s = self._clock() + REST_S
            log.warning("router_rests", faults=self._faults, rest_s=REST_S)
