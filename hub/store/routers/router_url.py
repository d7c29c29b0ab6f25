"""Read `HUB_ROUTER_URL`."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlsplit

import msgspec


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
    named, plus, transport = url.partition("://")[0].partition("+")
    base_url = url.removeprefix(f"{named}+") if plus else url
    try:
        engine = Engine(named) if plus else Engine.OSRM
        parts = urlsplit(base_url)
        is_web = (transport if plus else named) in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # raises where it is no number
    except ValueError:
        is_web = False
    if not is_web:
        raise ValueError("expected http://… or https://…, with osrm+ or valhalla+ before it")
    return RouterUrl(engine, base_url)
