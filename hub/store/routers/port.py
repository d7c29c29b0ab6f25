"""What the hub asks of a road router."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from hub.domain.geodesy import Point
from hub.domain.routing import Route

DriveTimes = list[list[float | None]]
"""Seconds of the drive from each start (a row each) to each end; None where there is no road."""


class NoAnswer(StrEnum):
    """Why there is no route."""

    NO_ROAD = "no_road"
    """The router works, but knows no road between these places."""
    DOWN = "down"
    """The router could not be reached, was too slow, or answered something else than routes."""


class Router(Protocol):
    """Finds ways to drive. Faults of the other side are answers here, never exceptions."""

    async def route(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route | None:
        """Find the fastest way that passes `via` in order; None where there is none or nobody answers."""

    async def table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | None:
        """Tell how long the drives from each start to each end take; None where nobody answers."""

    async def ask_table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | NoAnswer:
        """Tell how long the drives take by road, or why that is not known; nothing is guessed."""

    async def answers(self) -> bool:
        """Tell whether the router works at this moment."""

    async def close(self) -> None:
        """Let go of connections."""


class RoadRouter(Router, Protocol):
    """A router that also says why it has no route."""

    async def ask(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route | NoAnswer:
        """Find the fastest way, or tell why there is none."""
