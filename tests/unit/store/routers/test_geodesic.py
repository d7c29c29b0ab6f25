"""Travel guessed from the distance."""

from __future__ import annotations

import pytest

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.store.routers.geodesic import GeodesicRouter, straight

STATION, MARKET = Point(60.1719, 24.9414), Point(60.1675, 24.9525)


async def test_the_guess_says_that_it_is_one() -> None:
    router = GeodesicRouter()
    route = await router.route(STATION, MARKET)
    assert route.source == EtaSource.DISTANCE
    assert route.points == (STATION, MARKET)
    assert await router.answers()
    await router.close()


def test_the_guess_drives_a_detour_at_25_km_per_hour() -> None:
    route = straight(Point(0, 0), Point(0, 0.1))  # 11,131.949 m on the equator of WGS 84
    assert route.distance_m == pytest.approx(1.4 * 11_131.949, abs=0.01)
    assert route.duration_s == pytest.approx(route.distance_m / 1000 / 25 * 3600)
    assert route.at_s == (0, route.duration_s)


async def test_a_guess_through_stops_is_the_sum_of_its_parts() -> None:
    router = GeodesicRouter()
    route = await router.route(STATION, STATION, via=[MARKET])
    one_way_s = straight(STATION, MARKET).duration_s
    assert route.points == (STATION, MARKET, STATION)
    assert route.via == (MARKET,)
    assert route.at_s == pytest.approx((0, one_way_s, 2 * one_way_s))
    assert await router.table([STATION], [MARKET, STATION]) == [[one_way_s, 0]]
