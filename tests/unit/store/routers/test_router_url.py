"""What `HUB_ROUTER_URL` may say."""

from __future__ import annotations

import pytest

from hub.store.routers.build import build_router, road_router
from hub.store.routers.geodesic import GeodesicRouter
from hub.store.routers.osrm import OsrmRouter
from hub.store.routers.router_url import Engine, RouterUrl, router_url
from hub.store.routers.valhalla import ValhallaRouter


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("http://roads:5000", RouterUrl(Engine.OSRM, "http://roads:5000")),
        ("https://roads/osrm", RouterUrl(Engine.OSRM, "https://roads/osrm")),
        ("osrm+http://roads", RouterUrl(Engine.OSRM, "http://roads")),
        ("valhalla+http://roads:8002", RouterUrl(Engine.VALHALLA, "http://roads:8002")),
        ("valhalla+https://roads", RouterUrl(Engine.VALHALLA, "https://roads")),
    ],
)
def test_the_engine_stands_before_the_address_and_is_osrm_where_it_does_not(text: str, meant: RouterUrl) -> None:
    assert router_url(text) == meant


@pytest.mark.parametrize(
    "text", ["", "roads", "ftp://roads", "http://", "http://roads:port", "other+http://roads", "+http://a"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected http"):
        router_url(text)


async def test_each_engine_has_its_router() -> None:
    routers = [road_router("http://roads"), road_router("valhalla+http://roads")]
    assert [type(router) for router in routers] == [OsrmRouter, ValhallaRouter]
    assert isinstance(build_router(""), GeodesicRouter)
    for router in routers:
        await router.close()
