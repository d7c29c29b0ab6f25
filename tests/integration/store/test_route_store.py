"""Share routes through a real Valkey."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route
from hub.store.redis_client import key
from hub.store.route_store import KEEP_S, RENEW_AT_MOST_EVERY_S, RouteStore

ROUTE = Route((Point(60.17, 24.94), Point(60.18, 24.95)), (0.0, 90.5), 90.5, 1_300.0, EtaSource.ROUTE)


async def test_a_route_comes_back_as_it_was_saved_and_not_for_ever(redis_client: Redis) -> None:
    routes = RouteStore(redis_client)

    await routes.save("bk_1", ROUTE)

    assert await routes.load("bk_1") == ROUTE
    assert 0 < await redis_client.ttl(key("route", "bk_1")) <= KEEP_S


async def test_an_unknown_visit_has_no_route(redis_client: Redis) -> None:
    assert await RouteStore(redis_client).load("bk_2") is None


async def test_of_many_processes_one_may_renew_a_route(redis_client: Redis) -> None:
    stores = [RouteStore(redis_client) for _ in range(10)]

    answers = await asyncio.gather(*(routes.may_renew("bk_1") for routes in stores))

    assert answers.count(True) == 1
    assert await stores[0].may_renew("bk_2")
    assert 0 < await redis_client.ttl(key("renewing", "bk_1")) <= RENEW_AT_MOST_EVERY_S
