"""What Valhalla 3.9.1 answered once, for machines on which it cannot be installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.domain.geodesy import Point, distance_m
from hub.store.routers.osrm_answers import NEAR_M
from hub.store.routers.port import NoAnswer
from tests.integration.store.routers.servers import MARKET, OFF_THE_ROADS, http, router_at, strange_server

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "valhalla_answers.json").read_text())
END = Point(60.1690, 24.9525)


def recorded(name: str) -> bytes:
    answer = RECORDED[name]
    return http(f"{answer['status']} Recorded", json.dumps(answer["body"]))


async def test_a_recorded_drive_has_a_time_at_each_point() -> None:
    async with strange_server(recorded("route")) as url, router_at(f"valhalla+{url}") as router:
        route = await router.route(MARKET, END)
    assert route is not None
    assert distance_m(route.points[-1], END) < NEAR_M
    assert route.at_s[-1] == route.duration_s == pytest.approx(102.96)
    assert route.at_s[1] == pytest.approx(2.318 * route.duration_s / sum(_segments_s()))


async def test_a_recorded_table_leaves_out_the_place_off_the_roads() -> None:
    async with strange_server(recorded("table")) as url, router_at(f"valhalla+{url}") as router:
        assert await router.table([MARKET, END], [MARKET, OFF_THE_ROADS]) == [[0, None], [69, None]]


async def test_recorded_refusals_and_greetings_are_understood() -> None:
    async with strange_server(recorded("no_road")) as url, router_at(f"valhalla+{url}") as router:
        assert await router.ask(MARKET, Point(62.0, 24.9)) is NoAnswer.NO_ROAD
    async with strange_server(recorded("status")) as url, router_at(f"valhalla+{url}") as router:
        assert await router.answers()


def _segments_s() -> list[float]:
    segments_s: list[float] = RECORDED["route"]["body"]["routes"][0]["legs"][0]["annotation"]["duration"]
    return segments_s
