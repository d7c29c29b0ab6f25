"""Choose the router that the settings ask for."""

from __future__ import annotations

from hub.store.routers.fallback import FallbackRouter
from hub.store.routers.geodesic import GeodesicRouter
from hub.store.routers.http_router import TIMEOUT_S, HttpRouter
from hub.store.routers.osrm import OsrmRouter
from hub.store.routers.port import Router
from hub.store.routers.router_url import Engine, router_url
from hub.store.routers.valhalla import ValhallaRouter

_ENGINES: dict[Engine, type[HttpRouter]] = {Engine.OSRM: OsrmRouter, Engine.VALHALLA: ValhallaRouter}


def build_router(url: str) -> Router:
    """Build the router at `url`; without one, and whenever it is down, distances serve."""
    return FallbackRouter(road_router(url)) if url else GeodesicRouter()


def road_router(url: str, timeout_s: float = TIMEOUT_S) -> HttpRouter:
    """Build the router at `url`, and nothing that stands in for it. Raises ValueError where it is no such URL."""
    known = router_url(url)
    return _ENGINES[known.engine](known.base_url, timeout_s)
