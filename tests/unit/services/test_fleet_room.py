"""Tell those who watch the fleet what is new, each what they ask for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from hub.domain.fleet import FleetArea, FleetTechnician, differences
from hub.domain.live_messages import Freshness, LivePosition
from hub.domain.viewport import Viewport
from hub.services.fleet_room import FleetRoom, FleetWatcher
from tests.builders import NOW
from tests.unit.domain.test_fleet import at, technician

TOWN, NORTH = Viewport(24.0, 60.0, 25.0, 60.5), Viewport(24.0, 60.5, 25.0, 61.0)


class Screen:
    """What a watcher reads, as long as they do."""

    def __init__(self) -> None:
        self.ready = True
        self.read: list[dict[str, Any]] = []

    def offer(self, text: bytes) -> bool:
        """Read a message, if anything."""
        if self.ready:
            self.read.append(msgspec.json.decode(text))
        return self.ready

    def newest(self) -> tuple[list[str], list[str], list[str]]:
        """Give the ids of the newest message: who has news, who moved, who is gone."""
        told = self.read[-1]
        return [one["id"] for one in told["technicians"]], [one["id"] for one in told["moved"]], told["gone"]


class Desk:
    """A room with technicians that the test moves."""

    def __init__(self, *technicians: FleetTechnician) -> None:
        self.shown = {one.id: one for one in technicians}
        self.now = NOW
        self.room = FleetRoom([FleetArea(id="te_1", name="North")], self.shown, self.now)

    def enter(self, territory: str | None = None) -> tuple[FleetWatcher, Screen]:
        watcher, screen = FleetWatcher(territory), Screen()
        screen.offer(self.room.enter(watcher, self.now))
        watcher.attach(screen)
        return watcher, screen

    def look(self, *technicians: FleetTechnician, gone: str | None = None) -> None:
        """Look a second later."""
        before, self.now = dict(self.shown), self.now + timedelta(seconds=1)
        now = before | {one.id: one for one in technicians}
        if gone:
            del now[gone], self.shown[gone]
        self.shown.update(now)
        found = differences(before, now)
        was: dict[str, LivePosition | None] = {one.id: before[one.id].position for one in found.moved}
        self.room.tell(found, was, self.now)


@pytest.fixture
def desk() -> Desk:
    return Desk(technician("re_1"), technician("re_2", territories=("te_2",)))


def test_the_snapshot_names_everybody_and_later_messages_what_is_new(desk: Desk) -> None:
    _, screen = desk.enter()
    desk.look(technician("re_1", position=at(60.18)), technician("re_3"))

    snapshot, change = screen.read
    assert [one["id"] for one in snapshot["technicians"]] == ["re_1", "re_2"]
    assert snapshot["territories"] == [{"id": "te_1", "name": "North"}]
    assert screen.newest() == (["re_3"], ["re_1"], [])
    assert change["seq"] > snapshot["seq"]


def test_nothing_is_said_while_nothing_changes(desk: Desk) -> None:
    _, screen = desk.enter()
    desk.look()
    assert len(screen.read) == 1
    desk.look(technician("re_1", position=at(60.18)))
    assert screen.newest() == ([], ["re_1"], [])


def test_a_territory_hears_of_its_own_alone(desk: Desk) -> None:
    _, screen = desk.enter("te_1")
    assert [one["id"] for one in screen.read[0]["technicians"]] == ["re_1"]
    desk.look(technician("re_2", territories=("te_2",), position=at(60.18)))
    assert len(screen.read) == 1


def test_who_changes_the_territory_is_gone_here_and_news_there(desk: Desk) -> None:
    _, first = desk.enter("te_1")
    _, second = desk.enter("te_2")
    desk.look(technician("re_1", territories=("te_2",)))
    assert first.newest() == ([], [], ["re_1"])
    assert second.newest() == (["re_1"], [], [])


def test_who_leaves_the_portal_is_gone(desk: Desk) -> None:
    _, screen = desk.enter()
    desk.look(gone="re_2")
    assert screen.newest() == ([], [], ["re_2"])


def test_a_viewport_hears_who_moves_inside_comes_in_and_goes_out(desk: Desk) -> None:
    watcher, screen = desk.enter()
    desk.room.look_at(watcher, TOWN, desk.now)
    desk.look(technician("re_1", position=at(60.2)))
    assert screen.newest() == ([], ["re_1"], [])
    desk.look(technician("re_1", position=at(60.6)))  # goes out, and is seen to do so
    assert screen.newest() == ([], ["re_1"], [])
    seen = len(screen.read)
    desk.look(technician("re_1", position=at(60.7)))
    assert len(screen.read) == seen
    desk.look(technician("re_1", position=at(60.3)))
    assert screen.newest() == ([], ["re_1"], [])


def test_news_of_those_out_of_sight_are_told_too(desk: Desk) -> None:
    watcher, screen = desk.enter()
    desk.room.look_at(watcher, NORTH, desk.now)
    desk.look(technician("re_1", freshness=Freshness.LOST))
    assert screen.newest() == (["re_1"], [], [])


def test_looking_elsewhere_tells_where_those_are_who_came_into_sight(desk: Desk) -> None:
    watcher, screen = desk.enter()
    desk.room.look_at(watcher, TOWN, desk.now)
    desk.look(technician("re_1", position=at(60.6)))
    desk.look(technician("re_1", position=at(60.7)))
    desk.room.look_at(watcher, NORTH, desk.now)

    assert screen.newest() == ([], ["re_1"], [])
    assert screen.read[-1]["moved"][0]["position"]["lat"] == 60.7
    numbers = [told["seq"] for told in screen.read]
    assert numbers == sorted(set(numbers))


def test_one_who_looks_elsewhere_changes_nothing_for_the_others(desk: Desk) -> None:
    watcher, _ = desk.enter()
    _, other = desk.enter()
    desk.room.look_at(watcher, NORTH, desk.now)
    desk.room.look_at(watcher, TOWN, desk.now)
    desk.look(technician("re_1", position=at(60.18)))
    assert other.newest() == ([], ["re_1"], [])


def test_who_did_not_read_is_told_all_they_missed_in_one(desk: Desk) -> None:
    watcher, screen = desk.enter()
    _, quick = desk.enter()
    desk.room.look_at(watcher, TOWN, desk.now)
    screen.ready = False
    desk.look(technician("re_1", freshness=Freshness.DELAYED))
    desk.look(technician("re_1", freshness=Freshness.DELAYED, position=at(60.7)), gone="re_2")
    desk.look(technician("re_3"))
    desk.look(technician("re_3", position=at(60.9)))
    assert len(screen.read) == 1
    assert len(quick.read) == 5

    screen.ready = True
    desk.look()

    assert len(screen.read) == 2
    assert screen.newest() == (["re_1", "re_3"], [], ["re_2"])
    assert screen.read[-1]["technicians"][1]["position"]["lat"] == 60.9
    desk.look(technician("re_3", position=at(60.2)))
    assert screen.newest() == ([], ["re_3"], [])


def test_watchers_who_ask_for_the_same_get_the_same_bytes(desk: Desk) -> None:
    written: list[bytes] = []

    class Line:
        ready = True

        def offer(self, text: bytes) -> bool:
            """Keep the very bytes."""
            written.append(text)
            return True

    for _ in range(2):
        desk.enter()[0].attach(Line())
    desk.look(technician("re_1", position=at(60.18)))
    assert written[0] is written[1]


def test_who_reads_nothing_for_a_minute_has_to_leave(desk: Desk) -> None:
    watcher, screen = desk.enter()
    left: list[str] = []
    watcher.leave = lambda: left.append("left")
    screen.ready = False
    for beat in range(4):
        desk.look(technician("re_1", position=at(60.18 + beat / 100)))
        assert left == []
        watcher.beat(b"{}")
    assert left == ["left"]
    assert len(screen.read) == 1
