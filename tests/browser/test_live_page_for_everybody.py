"""The live page for everybody: dark, right to left, by a screen reader, on a slow line, with a hand on the map."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Response, ViewportSize, expect

from hub.demo.address_file import load
from hub.domain.link_scope import LinkScope
from tests.browser.test_live_map_story import _drive, _route, _visit_at
from tests.builders import build_link
from tests.integration.hub import RunningHub, Scene

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SMALL: ViewportSize = {"width": 360, "height": 740}
BUDGET_BYTES = 600_000
"""Over the wire beside map data, with an empty cache."""

SHIFTS = """() => new Promise(resolve => new PerformanceObserver(list => resolve(
  list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift', buffered: true})
  || setTimeout(() => resolve(0), 300))"""


@pytest.fixture
async def scene(city_hub: RunningHub, city_folder: Path, osrm_url: str) -> Scene:
    """Build a visit to which somebody is half-way."""
    home, start = (one.place for one in load(city_folder)[:2])
    scene = await _visit_at(city_hub, home)
    async with city_hub.database.write() as tx:
        _, token = await build_link(
            tx, scene.visit.booking_id, scope=LinkScope.MANAGE, expires_at=datetime.now(UTC) + timedelta(days=1)
        )
    scene = Scene(scene.visit, scene.device_id, scene.device_token, scene.link_id, token, scene.api_key)
    await city_hub.set_status(scene, "traveling")
    await _drive(city_hub, scene, await _route(osrm_url, start, home), since=0.4, until=0.45)
    return scene


@pytest.fixture
async def pages(browser: Browser) -> AsyncIterator[Any]:
    """Open pages in contexts of their own, closed in the end."""
    contexts = []

    async def opened(**how: Any) -> Page:
        contexts.append(await browser.new_context(viewport=SMALL, **how))
        return await contexts[-1].new_page()

    yield opened
    for context in contexts:
        await context.close()


async def test_nobody_is_left_out_in_either_theme_and_direction(
    city_hub: RunningHub, scene: Scene, pages: Any, pictures: Path
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed")
    axe = AXE.read_text()
    for theme, locale in (("light", "en-GB"), ("dark", "ar")):
        page = await pages(locale=locale, color_scheme=theme, reduced_motion="reduce")
        await page.goto(f"{city_hub.base_url}/v/{scene.link_token}")
        await expect(page.get_by_test_id("technician")).to_be_visible(timeout=20_000)
        await page.locator(".languages summary").click()
        await page.evaluate(axe)  # by the debugger, which the policy for scripts does not bind

        found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)

        await page.screenshot(path=pictures / f"live-{theme}-{locale}.png", full_page=True)
        assert [(fault["id"], fault["nodes"][0]["target"]) for fault in found["violations"]] == [], (theme, locale)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), locale
    assert await page.evaluate("getComputedStyle(document.body).direction") == "rtl"


async def test_little_is_sent_nothing_moves_and_the_reader_holds_the_map(
    city_hub: RunningHub, scene: Scene, pages: Any
) -> None:
    page = await pages(locale="en-GB")
    sent: dict[str, int] = {}

    def note(response: Response) -> None:
        sent[response.url] = int(response.headers.get("content-length", 0))

    page.on("response", note)
    async with page.expect_response("**/*worker*"):  # the last part of the map's library
        await page.goto(f"{city_hub.base_url}/v/{scene.link_token}")
    await expect(page.get_by_test_id("technician")).to_be_visible(timeout=20_000)

    assert await page.evaluate(SHIFTS) < 0.02
    beside_map = {url: size for url, size in sent.items() if "/basemap/" not in url}
    assert any("maplibre-gl.mjs" in url for url in beside_map)
    assert 0 < sum(beside_map.values()) < BUDGET_BYTES, beside_map

    recentre = page.get_by_role("button", name="Show both again")
    await expect(recentre).to_be_hidden()
    await page.get_by_role("button", name="Zoom in").focus()
    await page.locator(".maplibregl-canvas").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(recentre).to_be_visible()
    await recentre.click()
    await expect(recentre).to_be_hidden()


async def test_a_look_is_shared_at_once_and_shows_no_button_to_share(
    city_hub: RunningHub, scene: Scene, pages: Any
) -> None:
    page = await pages(locale="en-GB")
    await page.goto(f"{city_hub.base_url}/v/{scene.link_token}")
    await page.get_by_role("link", name="Let somebody look").click()
    field = page.get_by_label("The link to pass on")
    await expect(field).to_be_visible()
    shared = await field.input_value()

    friend = await pages(locale="fi", timezone_id="America/New_York")
    await friend.goto(shared.replace(city_hub.settings.public_url, city_hub.base_url))

    await expect(friend.get_by_test_id("status")).to_have_text("Matkalla")
    await expect(friend.locator("#share")).to_have_count(0)
    await expect(friend.locator("[data-part='zone']")).to_contain_text("Itä-Euroopan")
    await friend.locator(".languages summary").click()
    await friend.get_by_role("link", name="English").click()
    await expect(friend.get_by_test_id("status")).to_have_text("On the way")
    await friend.goto(shared.replace(city_hub.settings.public_url, city_hub.base_url))
    await expect(friend.get_by_test_id("status")).to_have_text("On the way")
