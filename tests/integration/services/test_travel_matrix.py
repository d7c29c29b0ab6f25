"""What drives take: remembered, kept in the database, asked for in few tables, guessed where nobody tells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hub.domain.geodesy import Point
from hub.domain.routing import Route
from hub.domain.travel_times import TravelTimes, guessed_s, spot_of
from hub.services.forget_leftovers import ForgetLeftovers
from hub.services.travel_matrix import KEPT_FOR, TravelMatrix, recall
from hub.store import travel_times
from hub.store.database import Database
from hub.store.routers.port import DriveTimes, NoAnswer
from tests.builders import NOW
from tests.fakes import FakeClock

HERE, FAR = Point(60.17, 24.94), Point(60.25, 25.1)
STOPS = [Point(60.18 + number / 1_000, 24.95) for number in range(60)]


class Roads:
    """A router that tells 100 s for every drive, and remembers what it was asked."""

    def __init__(self, down: bool = False) -> None:
        self.down = down
        self.tables: list[tuple[int, int]] = []

    async def ask_table(self, starts: Sequence[Point], ends: Sequence[Point]) -> DriveTimes | NoAnswer:
        """Tell, but know no road to the far place."""
        if self.down:
            return NoAnswer.DOWN
        self.tables.append((len(starts), len(ends)))
        return [[None if end == FAR else 100.0 for end in ends] for _ in starts]

    async def table(self, starts: Sequence[Point], ends: Sequence[Point]) -> None:
        """Be asked by nobody."""

    async def route(self, start: Point, end: Point, via: Sequence[Point] = ()) -> Route | None:
        """Be asked by nobody."""

    async def answers(self) -> bool:
        """Answer."""
        return not self.down

    async def close(self) -> None:
        """Do nothing."""


def search(*ends: Point) -> tuple[TravelTimes, list[tuple[int, int]]]:
    """Begin a search for ways from one place to others, and back."""
    travel = TravelTimes()
    here, there = travel.number(HERE), [travel.number(end) for end in ends]
    return travel, [(here, one) for one in there] + [(one, here) for one in there]


async def test_a_search_asks_once_and_others_after_it_not_at_all(db: Database) -> None:
    roads, clock = Roads(), FakeClock()
    matrix = TravelMatrix(db, roads, clock)

    for knowing in (matrix, matrix, TravelMatrix(db, roads, clock)):  # the last one is another process
        travel, legs = search(*STOPS)
        await knowing.learn(travel, legs)
        assert {travel(*leg) for leg in legs} == {100.0}
        assert not travel.guessed(legs)

    assert sorted(roads.tables) == [(1, 60), (60, 1)]


async def test_what_was_told_long_ago_is_asked_for_again_and_forgotten(db: Database) -> None:
    roads, clock = Roads(), FakeClock()
    matrix = TravelMatrix(db, roads, clock)
    await matrix.learn(*search(STOPS[0]))

    clock.advance(KEPT_FOR.total_seconds())
    await matrix.learn(*search(STOPS[0]))

    assert len(roads.tables) == 2
    clock.advance(KEPT_FOR.total_seconds() + 1)
    assert (await ForgetLeftovers(db, clock, keep=KEPT_FOR).work())["forgotten_drives"] == 2
    async with db.read() as tx:
        assert await travel_times.told(tx, [(spot_of(HERE), spot_of(STOPS[0]))], NOW) == {}


async def test_where_there_is_no_road_the_guess_is_kept_and_marked(db: Database) -> None:
    matrix = TravelMatrix(db, Roads(), FakeClock())
    await matrix.learn(*search(FAR))

    travel, legs = search(FAR)
    async with db.read() as tx:
        await recall(tx, travel, legs, NOW)

    assert [travel(*leg) for leg in legs] == [guessed_s(HERE, FAR), 100.0]
    assert (travel.guessed(legs[:1]), travel.guessed(legs[1:])) == (True, False)


async def test_while_the_router_is_down_all_is_guessed_and_nothing_kept(db: Database) -> None:
    roads = Roads(down=True)
    matrix = TravelMatrix(db, roads, FakeClock())
    travel, legs = search(STOPS[0])

    await matrix.learn(travel, legs)

    assert travel(*legs[0]) == guessed_s(HERE, STOPS[0])
    assert travel.guessed(legs)
    roads.down = False
    travel, legs = search(STOPS[0])
    await matrix.learn(travel, legs)
    assert travel(*legs[0]) == 100.0


async def test_ways_from_each_to_the_next_are_asked_for_together(db: Database) -> None:
    roads, travel = Roads(), TravelTimes()
    numbers = [travel.number(stop) for stop in STOPS]

    await TravelMatrix(db, roads, FakeClock()).learn(travel, pairwise(numbers))

    assert len(roads.tables) <= 3


async def test_the_oldest_drives_are_remembered_no_more(db: Database) -> None:
    roads = Roads()
    matrix = TravelMatrix(db, roads, FakeClock(), remembered=2)

    await matrix.learn(*search(STOPS[0]))
    await matrix.learn(*search(STOPS[1]))

    assert len(matrix._drives) == 2
