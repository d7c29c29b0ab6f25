"""Keep a demo city's addresses in a file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hub.domain.geodesy import Point


class Address(msgspec.Struct, frozen=True):
    """A place where somebody may live, in degrees."""

    address: str
    lat: float
    lon: float

    @property
    def place(self) -> Point:
        """Tell where it is."""
        return Point(self.lat, self.lon)


def load(folder: Path) -> list[Address]:
    """Load the addresses of a prepared demo city. Raises FileNotFoundError where it is not prepared."""
    return msgspec.json.decode((folder / "addresses.json").read_bytes(), type=list[Address])


def save(addresses: list[Address], folder: Path) -> None:
    """Write the addresses into a demo city's folder."""
    (folder / "addresses.json").write_bytes(msgspec.json.format(msgspec.json.encode(addresses)))
