"""Read `HUB_ROUTER_URL`."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hub.store.interface_url import interface_url


class Engine(StrEnum):
    """Whose interface a router speaks."""

    OSRM = "osrm"
    VALHALLA = "valhalla"


class RouterUrl(msgspec.Struct, frozen=True):
    """Where the router is, and how to speak to it."""

    engine: Engine
    base_url: str


def router_url(url: str) -> RouterUrl:
    """Read `osrm+http://…`, `valhalla+https://…` or a plain `http://…`, which is OSRM's. Raises ValueError."""
    engine, base_url = interface_url(url, Engine.OSRM)
    return RouterUrl(engine, base_url)
