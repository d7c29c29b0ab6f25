"""Tell the watchers of one visit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import Eta, EtaSource, RouteLine
from hub.domain.visit_view import LiveFacts, live_position, shown
from hub.services.room import Pace, Room
from hub.services.watcher import Watcher
from tests.builders import NOW
from tests.fakes import FakeClock, FakeNumbers
from tests.unit.domain.pings import ping
from tests.unit.domain.visits import visit

LOST_AFTER = timedelta(seconds=120)
PER_S = 20.0
"""Positions a second in these tests: as two a second, only faster."""

ETA = Eta(at=NOW, earliest=NOW, latest=NOW, confidence=0.8, computed_at=NOW, source=EtaSource.ROUTE)


class Stage:
    """A room with one watcher, its clock and its numbers."""

    def __init__(self, status: str = "traveling", updates_per_s: float = PER_S, age_s: float | None = None) -> None:
        self.clock, self.numbers = FakeClock(), FakeNumbers()
        live = LiveFacts() if age_s is None else _facts(-age_s)
        pace = Pace(updates_per_s, LOST_AFTER)
        self.room = Room(visit(status), live, 10, pace, self.clock, self.numbers)
        self.watcher = Watcher()
        self.room.watchers.add(self.watcher)

    def position(self, seq: int, second: float = 0.0) -> None:
        """Tell the room of a position."""
        told = shown(visit(), _facts(second), self.clock(), LOST_AFTER)
        self.room.position(seq, msgspec.json.encode(told).decode())

    async def passes(self, seconds: float) -> None:
        """Let time pass by the clock, once the room has begun to wait for it."""
        await asyncio.sleep(0)
        self.clock.advance(seconds)

    async def told(self, for_s: float = 0.02) -> list[dict[str, Any]]:
        """Read what the watcher is told within a while."""
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(for_s):
                while True:
                    found.append(msgspec.json.decode(await self.watcher.next()))
        except TimeoutError:
            return found


def _facts(second: float) -> LiveFacts:
    one = ping(second)
    return LiveFacts(position=live_position(one), eta=ETA, last_seen_at=one.at)


@pytest.fixture
async def stages() -> AsyncIterator[type[Stage]]:
    """Make stages, whose rooms are closed afterwards."""
    made: list[Stage] = []

    class Kept(Stage):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            made.append(self)

    yield Kept
    for stage in made:
        stage.room.close()


Stages = type[Stage]


async def test_the_first_position_is_told_at_once(stages: Stages) -> None:
    stage = stages()

    stage.position(11)

    [told] = await stage.told()
    assert (told["type"], told["seq"], told["freshness"]) == ("position", 11, "live")
    assert set(told) == {"type", "seq", "position", "eta", "freshness", "last_seen_at"}


async def test_of_many_positions_the_first_and_the_newest_are_told_in_their_time(stages: Stages) -> None:
    stage = stages()
    loop = asyncio.get_running_loop()
    begin_s = loop.time()

    for number in range(10):
        stage.position(11 + number, number / 10)
    first = msgspec.json.decode(await stage.watcher.next())
    second = msgspec.json.decode(await stage.watcher.next())

    assert (first["seq"], second["seq"]) == (11, 20)
    assert loop.time() - begin_s >= 1 / PER_S
    assert await stage.told(2 / PER_S) == []


async def test_a_position_that_is_held_back_is_told_before_the_one_before_it_grows_old(stages: Stages) -> None:
    stage = stages(updates_per_s=0.5)
    stage.position(11, -29.95)
    stage.position(12, -1.0)

    await stage.passes(0.1)

    assert [(told["type"], told["seq"]) for told in await stage.told(0.2)] == [("position", 11), ("position", 12)]


async def test_a_position_that_is_held_back_is_told_before_a_new_road(stages: Stages) -> None:
    stage = stages()
    stage.position(11)
    await stage.told(0)

    stage.position(12, 1.0)
    stage.room.route(13, '{"route":{"polyline6":"x"}}')

    told = [(message["type"], message["seq"]) for message in await stage.told(2 / PER_S)]
    assert told == [("position", 12), ("route", 13)]


async def test_a_road_that_waits_for_a_position_keeps_its_place_when_a_newer_one_comes(stages: Stages) -> None:
    stage = stages()
    stage.position(11)
    await stage.told(0)

    stage.position(12, 1.0)
    stage.room.route(13, '{"route":{"polyline6":"x"}}')
    stage.position(14, 1.5)

    told = [(message["type"], message["seq"]) for message in await stage.told(2 / PER_S)]
    assert told == [("route", 13), ("position", 14)]


async def test_a_stream_of_positions_is_thinned_to_the_pace(stages: Stages) -> None:
    stage = stages()
    for number in range(50):
        stage.position(11 + number)
        await asyncio.sleep(0.01)

    # 0.5 s and more at 20 a second; an unread one would have been replaced, so they are counted as told.
    assert stage.room.seq >= 55
    again = stages()
    reading = asyncio.create_task(again.told(0.6))
    for number in range(50):
        again.position(11 + number)
        await asyncio.sleep(0.01)
    assert 5 <= len(await reading) <= 0.7 * PER_S


async def test_a_pace_of_zero_tells_every_one(stages: Stages) -> None:
    stage, seqs = stages(updates_per_s=0), []
    for number in range(20):
        stage.position(11 + number)
        seqs.append(msgspec.json.decode(await stage.watcher.next())["seq"])

    assert seqs == list(range(11, 31))


@pytest.mark.parametrize("seq", [9, 10])
async def test_what_the_watchers_know_already_is_ignored(stages: Stages, seq: int) -> None:
    stage = stages()

    stage.position(seq)
    stage.room.route(seq, '{"route":null}')

    assert await stage.told() == []
    assert stage.room.seq == 10


@pytest.mark.parametrize("status", ["scheduled", "in_progress", "on_break", "completed", "canceled"])
async def test_positions_and_roads_are_not_told_unless_the_technician_travels(stages: Stages, status: str) -> None:
    stage = stages(status)

    stage.position(11)
    stage.room.route(12, '{"route":{"polyline6":"x"}}')

    assert await stage.told(2 / PER_S) == []
    assert stage.room.snapshot(LinkScope.TRACK).position is None


async def test_a_snapshot_knows_what_was_told(stages: Stages) -> None:
    stage = stages()
    stage.position(11, 3)
    stage.room.route(12, '{"route":{"polyline6":"the-road"}}')

    snapshot = stage.room.snapshot(LinkScope.TRACK)

    assert (snapshot.seq, snapshot.route) == (12, RouteLine("the-road"))
    assert snapshot.position is not None
    assert snapshot.position.at == ping(3).at


async def test_arriving_drops_the_position_that_was_held_back_and_the_unread_ones(stages: Stages) -> None:
    stage = stages()
    stage.position(11)
    stage.room.route(12, '{"route":{"polyline6":"x"}}')
    stage.position(13)

    stage.room.changed(visit("in_progress"), LiveFacts(), 14)

    [told] = await stage.told(3 / PER_S)
    assert (told["type"], told["seq"], told["visit"]["status"]) == ("status", 14, "in_progress")
    assert [told[name] for name in ("technician", "position", "eta", "last_seen_at")] == [None] * 4


async def test_setting_off_tells_the_status_and_then_the_road(stages: Stages) -> None:
    stage = stages("scheduled")
    live = msgspec.structs.replace(_facts(0), route=RouteLine("the-road"))

    stage.room.changed(visit(), live, 11)

    status, road = await stage.told()
    assert (status["type"], status["technician"]["name"]) == ("status", "Tero Virtanen")
    assert (road["type"], road["route"]) == ("route", {"polyline6": "the-road"})
    assert road["seq"] > status["seq"]


async def test_a_change_is_numbered_above_what_was_told_even_by_an_older_message(stages: Stages) -> None:
    stage = stages()
    stage.position(50)

    stage.room.changed(visit("in_progress"), LiveFacts(), 20)

    assert [told["seq"] for told in await stage.told()] == [51]


async def test_renewing_tells_a_whole_snapshot(stages: Stages) -> None:
    stage = stages()

    stage.room.renew(visit(address="elsewhere"), _facts(1), 30)

    [told] = await stage.told()
    assert (told["type"], told["seq"], told["visit"]["address"]) == ("snapshot", 30, "elsewhere")


async def test_a_position_that_grows_old_is_told_of_without_a_ping(stages: Stages) -> None:
    stage = stages(age_s=29.98)
    await stage.passes(0.1)

    [told] = await stage.told(0.15)

    assert (told["type"], told["freshness"]) == ("freshness", "delayed")
    assert told["position"] is not None
    assert told["seq"] == 1_001


async def test_the_range_is_wider_while_the_position_is_delayed(stages: Stages) -> None:
    stage = stages(age_s=29.98)
    arrival = NOW + timedelta(seconds=600)
    at_first = msgspec.structs.replace(ETA, at=arrival, earliest=arrival, latest=arrival + timedelta(seconds=100))
    stage.room.renew(visit(), msgspec.structs.replace(_facts(-29.98), eta=at_first), 11)
    await stage.told(0)
    await stage.passes(0.1)

    [told] = await stage.told(0.15)

    assert msgspec.convert(told["eta"], Eta) == msgspec.structs.replace(
        at_first, latest=arrival + timedelta(seconds=120)
    )


async def test_a_position_that_gets_lost_is_hidden(stages: Stages) -> None:
    stage = stages(age_s=119.98)
    await stage.passes(0.1)

    [told] = await stage.told(0.15)

    assert (told["freshness"], told["position"], told["eta"]) == ("lost", None, None)
    assert told["last_seen_at"] is not None


async def test_a_ping_in_time_keeps_the_position_live(stages: Stages) -> None:
    stage = stages(age_s=29.98)
    stage.position(11, 0)
    await stage.passes(0.1)

    assert [told["type"] for told in await stage.told(0.15)] == ["position"]


async def test_growing_old_is_noticed_again_after_the_position_was_lost(stages: Stages) -> None:
    stage = stages(age_s=119.98)
    await stage.passes(0.1)
    assert [told["freshness"] for told in await stage.told(0.15)] == ["lost"]

    stage.position(2_000, 0.1 - 29.98)
    await stage.passes(0.1)

    assert [told["freshness"] for told in await stage.told(0.15)] == ["live", "delayed"]


async def test_nothing_grows_old_once_the_technician_has_arrived(stages: Stages) -> None:
    stage = stages(age_s=29.98)
    stage.room.changed(visit("in_progress"), LiveFacts(), 11)
    await stage.passes(0.1)

    assert [told["type"] for told in await stage.told(0.15)] == ["status"]


async def test_a_closed_room_tells_nothing_more(stages: Stages) -> None:
    stage = stages(age_s=29.98)
    stage.position(11)
    stage.position(12)
    await stage.told()

    stage.room.close()
    await stage.passes(60)

    assert await stage.told(3 / PER_S) == []


async def test_a_changed_visit_tells_each_watcher_what_their_link_may_do(stages: Stages) -> None:
    stage = stages("traveling")
    manager = Watcher(LinkScope.MANAGE)
    stage.room.watchers.add(manager)

    stage.room.changed(visit("scheduled"), LiveFacts(), 20)

    [looking] = await stage.told()
    managing = msgspec.json.decode(await manager.next())
    assert (looking["visit"]["can"], managing["visit"]["can"]) == ([], ["reschedule", "cancel"])
