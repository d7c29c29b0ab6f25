"""Routes from a real osrm-routed, and from servers that are not one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from hub.demo.address_file import load
from hub.demo.road_engine import free_port
from hub.domain.geodesy import Point, distance_m
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route
from hub.store.routers.fallback import FallbackRouter
from hub.store.routers.osrm import OsrmRouter
from hub.store.routers.port import NoAnswer

START, END = Point(60.16990, 24.93840), Point(60.17500, 24.95000)


@asynccontextmanager
async def osrm(url: str, timeout_s: float = 2.0) -> AsyncIterator[OsrmRouter]:
    router = OsrmRouter(url, timeout_s)
    try:
        yield router
    finally:
        await router.close()


@asynccontextmanager
async def strange_server(answer: bytes | None) -> AsyncIterator[str]:
    """Serve `answer` to everybody; None is never answering."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await done.wait()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        server.close()
        await server.wait_closed()


def http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


async def test_a_drive_follows_the_road_with_the_engines_times(osrm_url: str) -> None:
    async with osrm(osrm_url) as router:
        route = await router.route(START, END)
    assert route is not None
    assert route.source == EtaSource.ROUTE
    assert distance_m(route.points[0], START) < 50
    assert distance_m(route.points[-1], END) < 50
    assert len(route.points) > 20
    assert route.at_s[0] == 0
    assert route.at_s[-1] == route.duration_s > 60
    assert all(a <= b for a, b in pairwise(route.at_s))
    line_m = sum(distance_m(a, b) for a, b in pairwise(route.points))
    assert line_m == pytest.approx(route.distance_m, rel=0.02)


async def test_every_two_addresses_of_the_demo_have_a_drive(osrm_url: str, city_folder: Path) -> None:
    places = [address.place for address in load(city_folder)]
    async with osrm(osrm_url) as router:
        routes = [await router.route(a, b) for a, b in zip(places, places[7:] + places[:7], strict=True)]
    assert all(routes)


async def test_a_place_on_the_road_itself_is_a_route_of_no_length(osrm_url: str) -> None:
    async with osrm(osrm_url) as router:
        route = await router.route(START, START)
    assert route is not None
    assert route.duration_s == 0


@pytest.mark.parametrize("far", [Point(62.0, 24.9), Point(60.1600, 24.9300), Point(0, 0)])
async def test_a_place_far_from_any_road_has_no_route(osrm_url: str, far: Point) -> None:
    async with osrm(osrm_url) as router:
        assert await router.ask(START, far) is NoAnswer.NO_ROAD
        assert await router.ask(far, END) is NoAnswer.NO_ROAD
        assert await router.route(far, END) is None


async def test_a_place_that_the_router_moved_far_has_no_route() -> None:
    body = (
        '{"code":"Ok","routes":[{"geometry":"??","duration":1,"distance":1,"legs":[]}],'
        '"waypoints":[{"distance":3},{"distance":151}]}'
    )
    async with strange_server(http("200 OK", body)) as url, osrm(url) as router:
        assert await router.ask(START, END) is NoAnswer.NO_ROAD


@pytest.mark.parametrize(
    "answer",
    [
        http("503 Service Unavailable", ""),
        http("302 Found", ""),
        http("200 OK", "<html>"),
        http("200 OK", "[]"),
        http("200 OK", '{"code":"Ok"}'),
        http("200 OK", '{"code":"Ok","routes":[{"geometry":5}],"waypoints":[]}'),
        http(
            "200 OK",
            '{"code":"Ok","routes":[{"geometry":"\\u007f","duration":1,"distance":1,"legs":[]}],'
            '"waypoints":[{"distance":0},{"distance":0}]}',
        ),
        b"nothing like HTTP\r\n\r\n",
        b"",
    ],
)
async def test_an_answer_that_is_not_osrms_is_no_route(answer: bytes) -> None:
    async with strange_server(answer) as url, osrm(url) as router:
        assert await router.ask(START, END) is NoAnswer.DOWN
        assert await router.route(START, END) is None


@pytest.mark.parametrize("answer", [http("503 Service Unavailable", '{"code":"Ok"}'), http("200 OK", "<html>"), b""])
async def test_a_server_that_is_not_osrm_does_not_count_as_answering(answer: bytes) -> None:
    async with strange_server(answer) as url, osrm(url) as router:
        assert not await router.answers()


async def test_a_dead_server_opens_the_breaker() -> None:
    async with osrm(f"http://127.0.0.1:{free_port()}") as roads:
        router = FallbackRouter(roads)
        routes = [await router.route(START, END) for _ in range(3)]
        assert [route.source for route in routes] == [EtaSource.DISTANCE] * 3
        assert router.rests
        assert not await router.answers()


async def test_a_server_that_never_answers_is_replaced_by_distance_in_time() -> None:
    async with strange_server(None) as url, osrm(url, timeout_s=0.2) as roads:
        started_s = asyncio.get_running_loop().time()
        route = await FallbackRouter(roads).route(START, END)
        assert route.source == EtaSource.DISTANCE
        assert asyncio.get_running_loop().time() - started_s < 1.5


async def test_a_working_engine_answers(osrm_url: str) -> None:
    async with osrm(osrm_url) as router:
        assert await router.answers()
        assert isinstance(await FallbackRouter(router).route(START, END), Route)
