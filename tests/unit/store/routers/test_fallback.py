"""The circuit breaker around a road router."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hub.domain.geodesy import Point
from hub.domain.live_messages import EtaSource
from hub.domain.routing import Route
from hub.store.routers.fallback import FAULTS_TO_OPEN, REST_S, FallbackRouter
from hub.store.routers.geodesic import straight_table
from hub.store.routers.port import DriveTimes, NoAnswer

A, B = Point(60.17, 24.94), Point(60.171, 24.95)
ROAD = Route((A, B), (0.0, 60.0), 60.0, 500.0, EtaSource.ROUTE)


class FakeRoads:
    """A road router that answers what it is told to."""

    def __init__(self) -> None:
        self.answer: Route | NoAnswer = ROAD
        self.asked = 0
        self.closed = False

    async def ask(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route | NoAnswer:
        self.asked += 1
        await asyncio.sleep(0)
        return self.answer

    async def ask_table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | NoAnswer:
        self.asked += 1
        return self.answer if isinstance(self.answer, NoAnswer) else [[60.0, None] for _ in starts]

    async def route(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route | None:
        answer = await self.ask(start, end, via)
        return answer if isinstance(answer, Route) else None

    async def table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | None:
        raise AssertionError("the guarded router asks why as well")

    async def answers(self) -> bool:
        return self.answer is not NoAnswer.DOWN

    async def close(self) -> None:
        self.closed = True


class FakeClock:
    """Seconds that pass when told to."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Given:
    """A guarded router and what it stands on."""

    def __init__(self) -> None:
        self.roads, self.clock = FakeRoads(), FakeClock()
        self.router = FallbackRouter(self.roads, self.clock)

    async def sources(self, times: int) -> list[str]:
        return [(await self.router.route(A, B)).source for _ in range(times)]


async def test_the_road_is_preferred() -> None:
    given = Given()
    assert await given.sources(2) == ["route", "route"]


async def test_a_dead_router_is_left_alone_after_three_faults() -> None:
    given = Given()
    given.roads.answer = NoAnswer.DOWN
    assert await given.sources(10) == ["distance"] * 10
    assert given.roads.asked == FAULTS_TO_OPEN
    assert given.router.rests
    assert not await given.router.answers()


async def test_after_the_rest_one_try_finds_the_router_back() -> None:
    given = Given()
    given.roads.answer = NoAnswer.DOWN
    await given.sources(3)
    given.roads.answer, given.clock.now_s = ROAD, given.clock.now_s + REST_S
    assert await given.sources(2) == ["route", "route"]


async def test_after_the_rest_only_one_asks_at_a_time() -> None:
    given = Given()
    given.roads.answer = NoAnswer.DOWN
    await given.sources(3)
    given.clock.now_s += REST_S
    await asyncio.gather(*(given.router.route(A, B) for _ in range(5)))
    assert given.roads.asked == FAULTS_TO_OPEN + 1
    assert given.router.rests


async def test_places_without_a_road_are_no_fault() -> None:
    given = Given()
    given.roads.answer = NoAnswer.NO_ROAD
    assert await given.sources(10) == ["distance"] * 10
    assert given.roads.asked == 10


async def test_faults_count_only_in_a_row() -> None:
    given = Given()
    for answer in (NoAnswer.DOWN, NoAnswer.DOWN, ROAD) * 3:
        given.roads.answer = answer
        await given.sources(1)
    assert given.roads.asked == 9


async def test_closing_closes_the_road_router() -> None:
    given = Given()
    await given.router.close()
    assert given.roads.closed


async def test_a_table_of_roads_is_filled_with_distances_where_there_is_no_road() -> None:
    given = Given()
    assert await given.router.table([A], [B, B]) == [[60.0, straight_table([A], [B])[0][0]]]


async def test_tables_and_routes_share_the_breaker() -> None:
    given = Given()
    given.roads.answer = NoAnswer.DOWN
    for _ in range(FAULTS_TO_OPEN):
        assert await given.router.table([A, B], [B]) == straight_table([A, B], [B])
    assert await given.sources(1) == ["distance"]
    assert given.roads.asked == FAULTS_TO_OPEN
