"""The technician's story: enrol the phone, set off, be seen by the customer, arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update
from websockets.asyncio.client import ClientConnection

from hub.demo.address_file import load
from hub.domain.geodesy import Point
from hub.store import devices
from hub.store.tables import location
from tests.browser.test_live_map_story import PHONE
from tests.builders import build_enrolment
from tests.integration.hub import RunningHub, Scene, next_of

NEAR_DEG = 1e-6
"""Far less than a metre."""


class Phone:
    """A technician's phone whose position the test sets."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context, self.page = context, page
        self.words = page.locator("#sharing [data-words]")

    async def is_at(self, place: Point) -> None:
        """Move the phone."""
        where: Any = {"latitude": place.lat, "longitude": place.lon, "accuracy": 6}
        await self.context.set_geolocation(where)

    async def press(self, says: str) -> None:
        """Press a button, as slowly as people do."""
        await self.page.wait_for_timeout(600)
        await self.page.get_by_role("button", name=says, exact=True).click()


@asynccontextmanager
async def a_phone(
    hub: RunningHub,
    browser: Browser,
    scene: Scene,
    place: Point,
    *,
    allowed: bool = True,
    tolerate: tuple[str, ...] = (),
    **more: Any,
) -> AsyncIterator[Phone]:
    """Enrol a new phone of the scene's technician; it must not complain, but of what is tolerated."""
    async with hub.database.write() as tx:
        expires_at = datetime.now(UTC) + timedelta(days=1)
        _, token = await build_enrolment(tx, scene.visit.directory.resource_id, expires_at=expires_at)
    where: Any = {"latitude": place.lat, "longitude": place.lon, "accuracy": 6}
    context = await browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        locale="en-GB",
        device_scale_factor=2,
        geolocation=where,
        permissions=["geolocation"] if allowed else [],
        **more,
    )
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.goto(f"{hub.base_url}/tech/enrol/{token}")
    await page.get_by_role("button", name="Yes, use this phone").click()
    yield Phone(context, page)
    await context.close()
    assert [fault for fault in faults if not any(known in fault for known in tolerate)] == []


async def told(customer: ClientConnection, place: Point) -> None:
    """Wait until a customer is told that the technician is there, with the status or after it."""
    async with asyncio.timeout(20):
        while True:
            seen = msgspec.json.decode(await customer.recv()).get("position")
            if seen and abs(seen["lat"] - place.lat) + abs(seen["lon"] - place.lon) < NEAR_DEG:
                return


async def at_home(hub: RunningHub, city_folder: Path) -> tuple[Scene, Point]:
    """Build a visit in the demo city; gives it and where the technician is."""
    home, start = (one.place for one in load(city_folder)[:2])
    scene = await hub.scene("scheduled")
    async with hub.database.write() as tx:
        move = update(location).where(location.c.id == scene.visit.directory.location_id)
        await tx.execute(move.values(lat=home.lat, lon=home.lon))
    return scene, start


async def test_a_technician_is_seen_from_setting_off_until_arriving(
    city_hub: RunningHub, browser: Browser, city_folder: Path, pictures: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start) as phone, city_hub.live(scene) as customer:
        await expect(phone.page.get_by_test_id("next")).to_have_text("Aino Aalto")
        await expect(phone.words).to_have_text("Your position is shared as soon as you set off")
        await phone.page.screenshot(path=pictures / "technician.png")

        await phone.press("Set off")
        await expect(phone.page.get_by_test_id("status")).to_have_text("On the way")
        await expect(phone.words).to_have_text("Your position is shared while you are on the way")
        await told(customer, start)
        there = Point(start.lat + 0.0001, start.lon)  # not so far that it were a leap
        await phone.is_at(there)
        await told(customer, there)
        await phone.page.screenshot(path=pictures / "technician-on-the-way.png")

        await phone.press("I have arrived")
        await expect(phone.page.get_by_test_id("status")).to_have_text("At work")
        await expect(phone.words).to_have_text("Your position is shared as soon as you set off")
        while (await next_of(customer, "status"))["visit"]["status"] != "in_progress":
            pass


async def test_the_customers_map_shows_the_phone(
    city_hub: RunningHub, browser: Browser, city_folder: Path, pictures: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start, color_scheme="dark") as phone:
        page = await (await browser.new_context(viewport=PHONE, locale="en-GB")).new_page()  # type: ignore[arg-type]
        await page.goto(f"{city_hub.base_url}/v/{scene.link_token}")
        await expect(page.get_by_test_id("technician")).to_have_count(0)
        await phone.press("Set off")
        await expect(page.get_by_test_id("technician")).to_be_visible()
        await expect(page.get_by_test_id("freshness")).to_contain_text("updated")
        await phone.page.screenshot(path=pictures / "technician-dark.png")


async def test_a_technician_turns_sharing_off_and_the_phone_remembers(
    city_hub: RunningHub, browser: Browser, city_folder: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start) as phone:
        await phone.page.get_by_role("radio", name="Off", exact=True).check()
        await expect(phone.words).to_have_text("Off: nobody sees where you are")
        await phone.press("Set off")
        await expect(phone.words).to_have_text("Off: your customer waits without seeing where you are")
        await expect(phone.page.get_by_test_id("seen")).to_contain_text("Your customer cannot see you now.")
        await expect(phone.page.get_by_test_id("waiting")).to_be_hidden()
        snapshot = (await city_hub.http.get(f"/v/{scene.link_token}/snapshot")).json()
        assert (snapshot["visit"]["status"], snapshot["position"]) == ("traveling", None)
        await phone.page.get_by_role("radio", name="Always", exact=True).check()
        await expect(phone.words).to_contain_text("shared all the time")


async def test_without_permission_it_says_what_to_do(city_hub: RunningHub, browser: Browser, city_folder: Path) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start, allowed=False) as phone:
        await phone.press("Set off")
        await expect(phone.words).to_contain_text("may not know your position")


async def test_a_phone_that_was_taken_back_says_so(city_hub: RunningHub, browser: Browser, city_folder: Path) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start, tolerate=("401",)) as phone:
        await phone.press("Set off")
        await expect(phone.words).to_have_text("Your position is shared while you are on the way")
        now = datetime.now(UTC)
        async with city_hub.database.write() as tx:
            for device in await devices.active(tx, now):
                await devices.revoke(tx, device.id, now)
        gone = phone.page.get_by_role("heading", name="This phone is not enrolled")
        await expect(gone).to_be_visible(timeout=25_000)


async def test_without_script_the_buttons_work(city_hub: RunningHub, browser: Browser, city_folder: Path) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start, java_script_enabled=False) as phone:
        await expect(phone.words).to_contain_text("needs JavaScript")
        await phone.press("Set off")
        await expect(phone.page.get_by_test_id("status")).to_have_text("On the way")
