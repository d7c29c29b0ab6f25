"""The story of a visit: the customer opens the link, the technician sets off, comes nearer, arrives."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from hub.demo.address_file import load
from hub.domain.geodesy import Point, bearing_deg
from hub.domain.routing import Route
from hub.store.routers.osrm import OsrmRouter
from hub.store.tables import location
from tests.integration.hub import RunningHub, Scene

STEP_S = 0.4
PHONE = {"width": 390, "height": 844}


async def test_a_customer_watches_the_technician_come(
    city_hub: RunningHub, browser: Browser, city_folder: Path, osrm_url: str, pictures: Path
) -> None:
    home, start = (one.place for one in load(city_folder)[:2])
    scene = await _visit_at(city_hub, home)
    route = await _route(osrm_url, start, home)
    page, faults = await _open(browser, city_hub, scene)

    await expect(page.get_by_test_id("status")).to_have_text("Scheduled")
    await expect(page.get_by_test_id("window")).to_contain_text("–")
    await expect(page.get_by_test_id("technician")).to_have_count(0)

    await city_hub.set_status(scene, "traveling")
    await expect(page.get_by_test_id("status")).to_have_text("On the way")
    await _drive(city_hub, scene, route, until=0.3)
    await expect(page.get_by_test_id("arrival")).to_have_text(re.compile(r"Arriving \d\d:\d\d.+\d\d:\d\d"))
    await expect(page.get_by_test_id("freshness")).to_contain_text("updated")
    await expect(page.get_by_test_id("technician")).to_be_visible()
    before, range_before = await _marker(page), await page.get_by_test_id("arrival").inner_text()
    await _drive(city_hub, scene, route, since=0.3, until=0.6)
    await _until_moved(page, before)
    await page.wait_for_timeout(6_000)  # the marker glides on to the newest position, and street names appear
    await page.screenshot(path=pictures / "live-map.png")
    assert re.search(r"\d\d:\d\d", range_before)

    await city_hub.set_status(scene, "in_progress")
    await expect(page.get_by_test_id("status")).not_to_have_text("On the way")
    await expect(page.get_by_test_id("technician")).to_have_count(0)
    assert faults == []


async def test_silence_is_said(city_hub: RunningHub, browser: Browser, city_folder: Path, osrm_url: str) -> None:
    home, start = (one.place for one in load(city_folder)[:2])
    scene = await _visit_at(city_hub, home)
    await city_hub.set_status(scene, "traveling")
    await _drive(city_hub, scene, await _route(osrm_url, start, home), until=0.05)
    page, _ = await _open(browser, city_hub, scene)
    await expect(page.get_by_test_id("freshness")).to_contain_text("updated")
    await expect(page.get_by_test_id("freshness")).to_contain_text("last seen", timeout=40_000)
    await expect(page.get_by_test_id("technician")).to_have_class(re.compile("pin-stale"))


async def test_without_script_the_same_facts_are_there(
    city_hub: RunningHub, browser: Browser, city_folder: Path, osrm_url: str
) -> None:
    home, start = (one.place for one in load(city_folder)[:2])
    scene = await _visit_at(city_hub, home)
    await city_hub.set_status(scene, "traveling")
    await _drive(city_hub, scene, await _route(osrm_url, start, home), until=0.2)
    context = await browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{city_hub.base_url}/v/{scene.link_token}")
    await expect(page.get_by_test_id("arrival")).to_contain_text("Arriving")
    await expect(page.get_by_test_id("freshness")).to_contain_text("updated")
    await expect(page.get_by_test_id("window")).to_contain_text("–")
    await expect(page.get_by_text("away")).to_be_visible()


async def _visit_at(hub: RunningHub, place: Point) -> Scene:
    scene = await hub.scene("scheduled")
    async with hub.database.write() as tx:
        move = update(location).where(location.c.id == scene.visit.directory.location_id)
        await tx.execute(move.values(lat=place.lat, lon=place.lon))
    return scene


async def _route(osrm_url: str, start: Point, end: Point) -> Route:
    router = OsrmRouter(osrm_url)
    route = await router.route(start, end)
    await router.close()
    assert route is not None
    return route


async def _open(browser: Browser, hub: RunningHub, scene: Scene) -> tuple[Page, list[str]]:
    """Open the visit; what the browser complains about is collected."""
    context = await browser.new_context(viewport=PHONE, locale="en-GB", device_scale_factor=2)  # type: ignore[arg-type]
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: _only_ours(request.url, hub.base_url, faults))
    await page.goto(f"{hub.base_url}/v/{scene.link_token}")
    return page, faults


def _only_ours(url: str, base_url: str, faults: list[str]) -> None:
    if not url.startswith((base_url, base_url.replace("http", "ws"), "data:", "blob:")):
        faults.append(f"third-party request: {url}")


async def _drive(hub: RunningHub, scene: Scene, route: Route, *, since: float = 0.0, until: float) -> None:
    """Drive a part of the route at 40 m/s, faster than anybody should and slower than a teleport."""
    seconds = route.distance_m * (until - since) / 40.0
    steps = max(4, int(seconds / STEP_S))
    for step in range(steps):
        at_s = route.duration_s * (since + (until - since) * step / steps)
        index = max(i for i, passed_s in enumerate(route.at_s[:-1]) if passed_s <= at_s)
        here, there = route.points[index], route.points[index + 1]
        part = (at_s - route.at_s[index]) / ((route.at_s[index + 1] - route.at_s[index]) or 1)
        lat, lon = here.lat + part * (there.lat - here.lat), here.lon + part * (there.lon - here.lon)
        ping: dict[str, Any] = {"lat": lat, "lon": lon, "at": datetime.now(UTC).isoformat(), "accuracy_m": 6}
        answer = await hub.ping(scene, ping | {"speed_mps": 9.0, "heading_deg": bearing_deg(here, there)})
        assert answer.json()["accepted"] == 1, answer.text
        await asyncio.sleep(STEP_S)


async def _marker(page: Page) -> tuple[float, float]:
    box = await page.get_by_test_id("technician").bounding_box()
    assert box is not None
    return box["x"], box["y"]


async def _until_moved(page: Page, before: tuple[float, float]) -> None:
    for _ in range(50):
        if await _marker(page) != before:
            return
        await page.wait_for_timeout(100)
    raise AssertionError("the marker does not move")
