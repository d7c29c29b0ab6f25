"""Choose the router that the settings ask for."""

from __future__ import annotations

from hub.store.routers.fallback import FallbackRouter
from hub.store.routers.geodesic import GeodesicRouter
from hub.store.routers.osrm import OsrmRouter
from hub.store.routers.port import Router


def build_router(url: str) -> Router:
    """Build the router at `url`; without one, and whenever it is down, distances serve."""
    return FallbackRouter(OsrmRouter(url)) if url else GeodesicRouter()
