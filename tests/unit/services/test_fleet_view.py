"""Look at a fleet again and again: what is described anew, and how many arrivals are estimated at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from hub.domain.fleet import FleetArea
from hub.domain.live_messages import Eta, EtaSource, Freshness, Window
from hub.domain.ping import Ping
from hub.domain.ping_filter import PingState
from hub.services import fleet_view
from hub.services.fleet_view import FleetView, Sources
from hub.services.follow_journeys import Journeys
from hub.services.read_fleet import FleetFacts
from hub.services.tell_silence import TellSilence
from hub.store.ping_store import encode_state
from tests.builders import NOW
from tests.unit.services.test_find_everybody import LOST_AFTER, Hours, technician, visit


class Roads:
    """Journeys that all take ten minutes, and remember for whom they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def expect(self, visit_id: str, ping: Ping, now: datetime) -> Eta:
        """Arrive ten minutes after the position."""
        self.asked.append(visit_id)
        at = ping.at + timedelta(minutes=10)
        return Eta(at=at, earliest=at, latest=at, confidence=0.8, computed_at=now, source=EtaSource.ROUTE)


class Scene:
    """Technicians re_1 and re_2, of whom the first travels."""

    def __init__(self, *off: str) -> None:
        self.roads = Roads()
        hours = Hours(*off)
        sources = Sources(cast("Journeys", self.roads), hours, TellSilence(hours, LOST_AFTER), LOST_AFTER)
        self.view = FleetView(sources, facts())

    async def look(self, age_s: float = 0, at_s: float = 0, lat: float = 60.17) -> Any:
        """Look when re_1 was seen so many seconds ago."""
        now = NOW + timedelta(seconds=at_s)
        state = PingState(newest=Ping(lat=lat, lon=24.94, at=now - timedelta(seconds=age_s)))
        return await self.view.look({"re_1": encode_state(state)}, now)


def facts(status: str = "traveling") -> FleetFacts:
    people = {id_: technician(id_) for id_ in ("re_1", "re_2")}
    return FleetFacts([FleetArea(id="te_1", name="North")], people, {"re_1": ("te_1",)}, {}, {"re_1": visit(status, 1)})


async def test_the_first_look_is_all_news_and_the_next_tells_who_moved() -> None:
    scene = Scene()
    first = await scene.look()
    assert {one.id for one in first.news} == {"re_1", "re_2"}
    then = await scene.look(at_s=1, lat=60.1701)
    assert ([one.id for one in then.moved], then.news, then.left) == (["re_1"], [], [])
    assert scene.view.shown["re_1"].position is not None
    assert scene.view.shown["re_1"].arrival == Window(NOW + timedelta(minutes=10), NOW + timedelta(minutes=10))


async def test_a_position_grows_old_without_a_ping() -> None:
    scene = Scene()
    state = {"re_1": encode_state(PingState(newest=Ping(lat=60.17, lon=24.94, at=NOW)))}
    await scene.view.look(state, NOW)
    assert (await scene.view.look(state, NOW + timedelta(seconds=30))).news == []
    (delayed,) = (await scene.view.look(state, NOW + timedelta(seconds=31))).news
    assert delayed.freshness is Freshness.DELAYED
    (lost,) = (await scene.view.look(None, NOW + timedelta(seconds=121))).news  # also while the store is away
    assert (lost.freshness, lost.arrival) == (Freshness.LOST, None)
    assert lost.position == delayed.position


async def test_an_arrival_is_estimated_again_after_ten_seconds() -> None:
    scene = Scene()
    for at_s in (0, 1, 5, 9.9):
        await scene.look(at_s=at_s)
    assert scene.roads.asked == ["bk_1"]
    await scene.look(at_s=10)
    assert scene.roads.asked == ["bk_1", "bk_1"]


async def test_only_some_arrivals_are_estimated_in_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_view, "ESTIMATES_AT_ONCE", 2)
    scene = Scene()
    many = {f"re_{number}": technician(f"re_{number}") for number in range(5)}
    visits = {id_: visit("traveling", 5 - number) for number, id_ in enumerate(many)}
    scene.view.facts = FleetFacts([], many, {}, {}, visits)
    states = {id_: encode_state(PingState(newest=Ping(lat=60.17, lon=24.94, at=NOW))) for id_ in many}
    for at_s in range(3):
        await scene.view.look(states, NOW + timedelta(seconds=at_s))
    assert scene.roads.asked == [f"bk_{hour}" for hour in (1, 2, 3, 4, 5)]  # the promise that ends first comes first


async def test_who_travels_no_more_has_no_arrival_and_who_is_gone_is_not_shown() -> None:
    scene = Scene()
    await scene.look()
    scene.view.facts = facts("in_progress")
    (arrived,) = (await scene.look(at_s=1)).news
    assert (arrived.arrival, arrived.lateness) == (None, None)
    scene.view.facts = FleetFacts([], {"re_2": technician("re_2")}, {}, {}, {})
    assert [one.id for one in (await scene.look(at_s=2)).left] == ["re_1"]
    assert list(scene.view.shown) == ["re_2"]


async def test_outside_tracking_hours_nobody_is_seen() -> None:
    scene = Scene("re_1")
    await scene.look()
    hidden = scene.view.shown["re_1"]
    assert (hidden.position, hidden.arrival) == (None, None)


async def test_a_technician_who_was_forgotten_has_no_position_any_more() -> None:
    scene = Scene()
    await scene.look()
    (forgotten,) = (await scene.view.look({}, NOW + timedelta(seconds=1))).news
    assert (forgotten.position, forgotten.last_seen_at) == (None, None)
