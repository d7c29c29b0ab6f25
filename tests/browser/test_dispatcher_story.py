"""A dispatcher asks why a marker does not move: the list of everybody, then one technician's page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from redis.asyncio import Redis

from hub.clock import system_clock
from hub.domain.roles import Role
from hub.services.manage_staff import AddedStaff, add_staff
from hub.services.passwords import Passwords
from hub.services.record_track import RecordTrack
from hub.store.ping_stream import PingStream
from tests.browser.test_live_map_story import PHONE
from tests.builders import build_resource
from tests.integration.hub import RunningHub, Scene, ping_at
from tests.integration.web.console.test_sign_in import EMAIL, PASSWORD

DESK = {"width": 1360, "height": 900}
METRES_PER_DEGREE = 111_195.0


def drive(now: datetime) -> list[dict[str, Any]]:
    """Drive up a street for two minutes, with fixes that no marker may follow."""
    pings = [
        ping_at(
            now - timedelta(seconds=120 - 3 * step),
            lat=60.1640 + 25.0 * step / METRES_PER_DEGREE,
            lon=24.9385 + 9.0 * step / METRES_PER_DEGREE,
            speed_mps=8.8,
            battery=0.64,
        )
        for step in range(40)
    ]
    between = now - timedelta(seconds=59)
    pings.insert(21, ping_at(between, lat=60.1690, lon=24.9480, accuracy_m=1500))
    pings.insert(30, ping_at(now - timedelta(seconds=32), lat=60.1760, lon=24.9300))
    return [*pings, ping_at(now - timedelta(seconds=100), lat=60.1652, lon=24.9392)]


@pytest.fixture
async def scene(city_hub: RunningHub, redis_client: Redis) -> Scene:
    """Let a technician drive, and a colleague be silent."""
    scene = await city_hub.scene()
    portal_id = scene.visit.directory.portal_id
    async with city_hub.database.write() as tx:
        await build_resource(tx, portal_id)
    added = await add_staff(
        city_hub.database, Passwords(), portal_id, EMAIL, Role.DISPATCHER, PASSWORD, now=datetime.now(UTC)
    )
    assert isinstance(added, AddedStaff)
    sent: httpx.Response = await city_hub.ping(scene, *drive(datetime.now(UTC)))
    assert sent.json()["accepted"] == 40
    stream = PingStream(redis_client, "one")
    await stream.prepare()
    assert await RecordTrack(city_hub.database, stream, system_clock).record_some() == 43
    return scene


async def signed_in(browser: Browser, hub: RunningHub) -> Any:
    """Sign in and give the cookies."""
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{hub.base_url}/staff")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/staff")
    cookies = await context.storage_state()
    await context.close()
    return cookies


@asynccontextmanager
async def desk(browser: Browser, hub: RunningHub, **options: Any) -> AsyncIterator[Page]:
    """Open a browser that is signed in; what its console calls an error fails the test."""
    usual = {"viewport": DESK, "locale": "en-GB", "storage_state": await signed_in(browser, hub)}
    context = await browser.new_context(**(usual | options))
    page = await context.new_page()
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(f"{hub.base_url}/staff")
    yield page
    await context.close()
    assert errors == []


async def test_from_the_list_of_everybody_to_the_fix_that_was_not_believed(
    browser: Browser, city_hub: RunningHub, scene: Scene, pictures: Path
) -> None:
    async with desk(browser, city_hub) as page:
        await page.screenshot(path=pictures / "staff.png", full_page=True)
        rows = page.get_by_test_id("technician-row")
        await expect(rows).to_have_count(2)
        driving = rows.filter(has_text="On the way")
        await expect(driving).to_contain_text("ago")
        await driving.get_by_role("link").click()

        await expect(page.locator("#trace-map[data-ready]")).to_be_visible(timeout=30_000)
        await page.screenshot(path=pictures / "technician-light.png")
        await expect(page.locator(".points tbody tr")).to_have_count(43)
        await page.get_by_role("link", name="Flagged").click()
        flagged = page.locator(".points tbody tr")
        await expect(flagged).to_have_count(2)
        await expect(flagged.last).to_contain_text("too inaccurate to show")
        await expect(flagged.first).to_contain_text("faster than anybody drives")

        await page.get_by_role("link", name="Late").click()
        await expect(page.locator("#trace-map[data-ready]")).to_be_visible(timeout=30_000)
        await page.locator("#trace-map").click()  # the one point lies in the middle
        await expect(page.locator("#point-0")).to_have_attribute("aria-current", "true")


async def test_a_device_is_renamed_and_revoked(browser: Browser, city_hub: RunningHub, scene: Scene) -> None:
    async with desk(browser, city_hub) as page:
        await page.get_by_test_id("technician-row").filter(has_text="On the way").get_by_role("link").click()
        await page.get_by_text("Rename", exact=True).click()
        await page.get_by_label("Name", exact=True).fill("Van tablet")
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("heading", name="Van tablet")).to_be_visible()

        await page.get_by_text("Revoke", exact=True).click()
        await page.get_by_role("button", name="Yes, revoke it").click()
        await expect(page.get_by_text("Revoked: 1")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "options"),
    [("dark", {"color_scheme": "dark"}), ("narrow", {"viewport": PHONE}), ("finnish", {"locale": "fi-FI"})],
)
async def test_the_page_fits_every_screen(
    browser: Browser, city_hub: RunningHub, scene: Scene, pictures: Path, name: str, options: dict[str, Any]
) -> None:
    path = f"{city_hub.base_url}/staff/technicians/{scene.visit.directory.resource_id}"
    async with desk(browser, city_hub, **options) as page:
        await page.goto(path)
        await expect(page.locator("#trace-map[data-ready]")).to_be_visible(timeout=30_000)
        width = await page.evaluate("() => innerWidth")
        clip = {"x": 0.0, "y": 0.0, "width": float(width), "height": 1_900.0}
        await page.screenshot(path=pictures / f"technician-{name}.png", full_page=True, clip=clip)  # type: ignore[arg-type]  # a plain dict is what it wants
        wide = await page.evaluate(
            "() => [...document.querySelectorAll('main *')]"
            ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            ".filter(e => !e.closest('.maplibregl-map, .unseen, thead')).map(e => e.outerHTML.slice(0, 90))"
        )
        assert wide == []
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


async def test_without_script_the_table_tells_it_all(
    browser: Browser, city_hub: RunningHub, scene: Scene, pictures: Path
) -> None:
    path = f"{city_hub.base_url}/staff/technicians/{scene.visit.directory.resource_id}"
    async with desk(browser, city_hub, java_script_enabled=False) as page:
        await page.goto(path)
        await expect(page.locator(".points tbody tr")).to_have_count(43)
        await expect(page.get_by_text("The map cannot be shown here.")).to_be_visible()
