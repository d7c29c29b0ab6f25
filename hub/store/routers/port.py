"""What the hub asks of a road router."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from hub.domain.geodesy import Point
from hub.domain.routing import Route


class NoAnswer(StrEnum):
    """Why there is no route."""

    NO_ROAD = "no_road"
    """The router works, but knows no road between these two places."""
    DOWN = "down"
    """The router could not be reached, was too slow, or answered something else than routes."""


class Router(Protocol):
    """Finds ways to drive. Faults of the other side are answers here, never exceptions."""

    async def route(self, start: Point, end: Point) -> Route | None:
        """Find the fastest way; None where there is none or nobody answers."""

    async def answers(self) -> bool:
        """Tell whether the router works at this moment."""

    async def close(self) -> None:
        """Let go of connections."""


class RoadRouter(Router, Protocol):
    """A router that also says why it has no route."""

    async def ask(self, start: Point, end: Point) -> Route | NoAnswer:
        """Find the fastest way, or tell why there is none."""
