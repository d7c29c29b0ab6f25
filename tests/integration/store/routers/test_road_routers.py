"""Routes and tables from real OSRM and Valhalla servers, and from servers that are neither."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
import structlog

from hub.demo.address_file import load
from hub.demo.road_engine import free_port
from hub.domain.geodesy import Point, distance_m
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route, encode
from hub.store.routers import http_router
from hub.store.routers.fallback import FallbackRouter
from hub.store.routers.geodesic import straight
from hub.store.routers.port import NoAnswer
from tests.integration.store.routers.servers import (
    END,
    MARKET,
    OFF_THE_ROADS,
    START,
    http,
    router_at,
    strange_server,
)

ENGINES = ("osrm", "valhalla")


@pytest.fixture(params=ENGINES)
def engine_url(request: pytest.FixtureRequest) -> str:
    """Give a real server of each engine, as `HUB_ROUTER_URL` names it."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return f"{request.param}+{url}"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Name each engine."""
    name: str = request.param
    return name


async def test_a_drive_follows_the_road_with_the_engines_times(engine_url: str) -> None:
    async with router_at(engine_url) as router:
        route = await router.route(MARKET, START)
    assert route is not None
    assert route.source == EtaSource.ROUTE
    assert distance_m(route.points[0], MARKET) < 50
    assert distance_m(route.points[-1], START) < 50
    assert len(route.points) > 20
    assert route.at_s[0] == 0
    assert route.at_s[-1] == route.duration_s > 60
    assert all(a <= b for a, b in pairwise(route.at_s))
    line_m = sum(distance_m(a, b) for a, b in pairwise(route.points))
    assert line_m == pytest.approx(route.distance_m, rel=0.02)


async def test_a_drive_passes_the_stops_before_it_in_order(engine_url: str) -> None:
    async with router_at(engine_url) as router:
        route = await router.route(MARKET, START, via=(END,))
        legs = [await router.route(MARKET, END), await router.route(END, START)]
    assert route is not None
    assert route.via == (END,)
    assert all(legs)
    assert route.duration_s == pytest.approx(sum(leg.duration_s for leg in legs if leg), abs=1)
    nearest = min(range(len(route.points)), key=lambda index: distance_m(route.points[index], END))
    assert distance_m(route.points[nearest], END) < 50
    assert 0 < nearest < len(route.points) - 1


async def test_every_two_addresses_of_the_demo_have_a_drive(osrm_url: str, city_folder: Path) -> None:
    places = [address.place for address in load(city_folder)]
    async with router_at(osrm_url) as router:
        routes = [await router.route(a, b) for a, b in zip(places, places[7:] + places[:7], strict=True)]
    assert all(routes)


async def test_a_place_on_the_road_itself_is_a_route_of_no_length(engine_url: str) -> None:
    async with router_at(engine_url) as router:
        route = await router.route(START, START)
    assert route is not None
    assert route.duration_s == 0


@pytest.mark.parametrize("far", [Point(62.0, 24.9), OFF_THE_ROADS, Point(0, 0)])
async def test_a_place_far_from_any_road_has_no_route(engine_url: str, far: Point) -> None:
    async with router_at(engine_url) as router:
        assert await router.ask(START, far) is NoAnswer.NO_ROAD
        assert await router.ask(far, END) is NoAnswer.NO_ROAD
        assert await router.route(far, END) is None


async def test_a_table_tells_what_the_routes_take_and_knows_places_without_a_road(engine_url: str) -> None:
    starts, ends = [MARKET, START], [START, OFF_THE_ROADS, MARKET]
    async with router_at(engine_url) as router:
        table = await router.table(starts, ends)
        route = await router.route(MARKET, START)
    assert table is not None
    assert route is not None
    assert [len(row) for row in table] == [3, 3]
    assert table[0][0] == pytest.approx(route.duration_s, abs=5)
    assert table[0][2] == table[1][0] == 0
    assert table[0][1] is table[1][1] is None


async def test_a_large_table_is_asked_for_in_pieces(
    engine_url: str, city_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [address.place for address in load(city_folder)][:4]
    async with router_at(engine_url) as router:
        whole = await router.table(places, places)
        monkeypatch.setattr(http_router, "PLACES_PER_SIDE", 3)
        assert await router.table(places, places) == whole


async def test_a_guarded_table_fills_what_has_no_road_with_the_distance(engine_url: str) -> None:
    async with router_at(engine_url) as roads:
        table = await FallbackRouter(roads).table([MARKET], [START, OFF_THE_ROADS])
        alone = await roads.table([MARKET], [START])
    assert alone is not None
    assert table == [[alone[0][0], straight(MARKET, OFF_THE_ROADS).duration_s]]


async def test_a_working_engine_answers(engine_url: str) -> None:
    async with router_at(engine_url) as router:
        assert await router.answers()
        assert isinstance(await FallbackRouter(router).route(MARKET, START), Route)


async def test_a_place_that_the_router_moved_far_has_no_route(engine: str) -> None:
    body = (
        '{"code":"Ok","routes":[{"geometry":"??","duration":1,"distance":1,"legs":[]}],'
        '"waypoints":[{"distance":3},{"distance":151}]}'
    )
    async with strange_server(http("200 OK", body)) as url, router_at(f"{engine}+{url}") as router:
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
        http("200 OK", '{"code":"Ok","durations":[[1,2]],"sources":[{"distance":0}],"destinations":[{"distance":0}]}'),
        http("200 OK", '{"code":"Ok","more":' + "[" * 100_000),
        b"nothing like HTTP\r\n\r\n",
        b"",
    ],
)
async def test_an_answer_of_something_else_is_no_route(engine: str, answer: bytes) -> None:
    async with strange_server(answer) as url, router_at(f"{engine}+{url}") as router:
        assert await router.ask(START, END) is NoAnswer.DOWN
        assert await router.route(START, END) is None
        assert await router.ask_table([START], [END]) is NoAnswer.DOWN
        assert await router.table([START], [END]) is None


@pytest.mark.parametrize("drive_s", ["-1", "1e300"])
async def test_a_drive_of_no_possible_length_is_no_route(engine: str, drive_s: str) -> None:
    near = '[{"distance":0},{"distance":0}]'
    route = f'{{"geometry":"??AA","duration":{drive_s},"distance":1,"legs":[]}}'
    body = f'{{"code":"Ok","routes":[{route}],"waypoints":{near}}}'
    async with strange_server(http("200 OK", body)) as url, router_at(f"{engine}+{url}") as router:
        assert await router.ask(START, END) is NoAnswer.DOWN
    body = f'{{"code":"Ok","durations":[[{drive_s}]],"sources":[{{"distance":0}}],"destinations":[{{"distance":0}}]}}'
    async with strange_server(http("200 OK", body)) as url, router_at(f"{engine}+{url}") as router:
        assert await router.ask_table([START], [END]) is NoAnswer.DOWN


async def test_a_road_that_leaves_the_earth_is_no_route(engine: str) -> None:
    route = {"geometry": encode([START, Point(300.0, 20.0)]), "duration": 1, "distance": 1, "legs": []}
    body = msgspec.json.encode({"code": "Ok", "routes": [route], "waypoints": [{"distance": 0}, {"distance": 0}]})
    async with strange_server(http("200 OK", body.decode())) as url, router_at(f"{engine}+{url}") as router:
        assert await router.ask(START, END) is NoAnswer.DOWN


async def test_an_answer_without_end_is_not_kept_in_memory(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_router, "LARGEST_ANSWER", 10_000)
    with structlog.testing.capture_logs() as logs:
        async with (
            strange_server(http("200 OK", " " * 100_000)) as url,
            router_at(f"{engine}+{url}") as router,
        ):
            assert await router.ask(START, END) is NoAnswer.DOWN
    assert [entry.get("detail") for entry in logs] == ["an answer too large for a router"]


@pytest.mark.parametrize(
    "answer", [http("503 Service Unavailable", '{"code":"Ok","version":"1"}'), http("200 OK", "<html>"), b""]
)
async def test_a_server_of_something_else_does_not_count_as_answering(engine: str, answer: bytes) -> None:
    async with strange_server(answer) as url, router_at(f"{engine}+{url}") as router:
        assert not await router.answers()


async def test_a_dead_server_opens_the_breaker(engine: str) -> None:
    async with router_at(f"{engine}+http://127.0.0.1:{free_port()}") as roads:
        router = FallbackRouter(roads)
        routes = [await router.route(START, END) for _ in range(3)]
        assert [route.source for route in routes] == [EtaSource.DISTANCE] * 3
        assert router.rests
        assert not await router.answers()
        assert await router.table([START], [END]) == [[straight(START, END).duration_s]]


async def test_a_server_that_never_answers_is_replaced_by_distance_in_time(engine: str) -> None:
    async with strange_server(None) as url, router_at(f"{engine}+{url}", timeout_s=0.2) as roads:
        started_s = asyncio.get_running_loop().time()
        route = await FallbackRouter(roads).route(START, END)
        assert route.source == EtaSource.DISTANCE
        assert asyncio.get_running_loop().time() - started_s < 1.5
