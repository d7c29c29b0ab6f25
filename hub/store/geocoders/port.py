"""What the hub asks of a geocoder."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from hub.domain.geodesy import Point


class NoPlace(StrEnum):
    """Why an address has no place."""

    UNKNOWN = "unknown"
    """The geocoder works and knows no such address."""
    DOWN = "down"
    """It could not be reached, was too slow, or answered something else than places."""


class Geocoder(Protocol):
    """Looks addresses up. Faults of the other side are answers here, never exceptions."""

    async def find(self, address: str) -> Point | NoPlace:
        """Tell where an address is, by the best match."""

    async def close(self) -> None:
        """Let go of connections."""
