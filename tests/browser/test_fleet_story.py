"""A dispatcher looks who will be late: the map and the list of everybody, as they move."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from redis.asyncio import Redis
from sqlalchemy import update

from hub.domain.ping import Ping
from hub.domain.ping_filter import PingState
from hub.domain.roles import Role
from hub.services.manage_staff import AddedStaff, add_staff
from hub.services.passwords import Passwords
from hub.store import resources
from hub.store.ping_store import encode_state
from hub.store.redis_client import key
from hub.store.resources import Resource, ResourceTerritory, Territory
from hub.store.tables import booking
from tests.browser.test_dispatcher_story import desk
from tests.browser.test_live_map_story import PHONE
from tests.builders import BuiltDirectory, build_directory, build_visit
from tests.integration.hub import RunningHub
from tests.integration.web.console.test_sign_in import EMAIL, PASSWORD

CENTRE_LAT, CENTRE_LON = 60.1717, 24.9443


class Town:
    """Technicians whom the test puts where it wants them."""

    def __init__(self, hub: RunningHub, redis: Redis, directory: BuiltDirectory) -> None:
        self.hub, self.directory = hub, directory
        self._redis = redis

    async def put(self, *places: tuple[str, float, float], age_s: float = 0) -> None:
        """Put technicians at latitudes and longitudes, as of so many seconds ago."""
        at = datetime.now(UTC) - timedelta(seconds=age_s)
        pings = {id_: Ping(lat=lat, lon=lon, at=at) for id_, lat, lon in places}
        states: dict[Any, Any] = {id_: encode_state(PingState(newest=ping)) for id_, ping in pings.items()}
        await self._redis.hset(key("states"), mapping=states)

    async def hire(self, *names: str, area: str | None = None) -> None:
        """Make technicians whose ids are their names."""
        portal_id = self.directory.portal_id
        made = [Resource(id=one, portal_id=portal_id, name=one, base_lat=60.17, base_lon=24.94) for one in names]
        async with self.hub.database.write() as tx:
            await resources.insert_resources(tx, made)
            if area:
                await resources.insert_territories(tx, [Territory(id=area, portal_id=portal_id, name=area)])
                await resources.assign_territories(tx, [ResourceTerritory(one, area) for one in names])

    async def send(self, name: str, status: str, window_min: float) -> str:
        """Give a technician a visit whose promise ends so many minutes from now."""
        now = datetime.now(UTC)
        async with self.hub.database.write() as tx:
            visit = await build_visit(tx, directory=self.directory, resource_id=name, status=status, starts_at=now)
            until = now + timedelta(minutes=window_min)
            times = {"window_earliest": until - timedelta(hours=1), "window_latest": until}
            await tx.execute(update(booking).where(booking.c.id == visit.booking_id).values(**times))
        return visit.booking_id


@pytest.fixture
async def town(city_hub: RunningHub, redis_client: Redis) -> Town:
    """Let four drive and work, in two territories, and one be silent."""
    async with city_hub.database.write() as tx:
        directory = await build_directory(tx)
    added = await add_staff(
        city_hub.database, Passwords(), directory.portal_id, EMAIL, Role.DISPATCHER, PASSWORD, now=datetime.now(UTC)
    )
    assert isinstance(added, AddedStaff)
    town = Town(city_hub, redis_client, directory)
    await town.hire("Late Larsson", "Risky Rantanen", area="North")
    await town.hire("Timely Tuominen", "Working Wirtanen", "Silent Salo", area="South")
    for name, status, window_min in (
        ("Late Larsson", "traveling", -5),
        ("Risky Rantanen", "traveling", 4),
        ("Timely Tuominen", "traveling", 200),
        ("Working Wirtanen", "in_progress", 60),
        ("Silent Salo", "traveling", 100),
    ):
        await town.send(name, status, window_min)
    await town.put(
        ("Late Larsson", CENTRE_LAT, CENTRE_LON),
        ("Risky Rantanen", CENTRE_LAT + 0.002, CENTRE_LON + 0.004),
        ("Timely Tuominen", CENTRE_LAT - 0.003, CENTRE_LON + 0.002),
        ("Working Wirtanen", CENTRE_LAT + 0.001, CENTRE_LON - 0.004),
    )
    await town.put(("Silent Salo", CENTRE_LAT - 0.002, CENTRE_LON - 0.005), age_s=400)
    return town


async def map_ready(page: Page) -> None:
    """Open the map's page and wait until it is drawn."""
    await page.goto(page.url.partition("/staff")[0] + "/staff/map")
    await expect(page.locator("#fleet-map[data-ready]")).to_be_visible(timeout=30_000)


async def test_those_in_trouble_come_first_and_are_one_click_from_their_visit(
    browser: Browser, town: Town, pictures: Path
) -> None:
    async with desk(browser, town.hub) as page:
        await map_ready(page)
        rows = page.locator("#fleet-list").get_by_test_id("fleet-row")
        await expect(rows).to_have_count(6)
        await expect(rows.nth(0)).to_contain_text("Late Larsson")
        await expect(rows.nth(1)).to_contain_text("Risky Rantanen")
        await expect(page.get_by_test_id("fleet-summary")).to_have_text("1 late, 1 at risk, 6 technicians in all")
        await expect(rows.filter(has_text="Silent Salo")).to_contain_text("last seen 6 min ago")
        await page.screenshot(path=pictures / "fleet-light.png")

        await page.get_by_label("Lateness").select_option("At risk or late")
        await expect(rows).to_have_count(2)
        assert page.url.endswith("?lateness=at_risk")
        await page.get_by_label("Territory").select_option("South")
        await expect(page.get_by_text("Nobody fits the filter.")).to_be_visible()
        await page.get_by_label("Territory").select_option("All")
        await page.get_by_label("Lateness").select_option("All")

        await rows.nth(0).get_by_role("button", name="Show Late Larsson on the map").click()
        await expect(page.locator("#fleet-card")).to_contain_text("Late Larsson")
        await page.get_by_role("button", name="Close").click()
        await expect(page.locator("#fleet-card")).to_be_hidden()
        await asyncio.sleep(1.5)  # the map moves until then
        await page.locator("#fleet-map canvas").click()
        card = page.locator("#fleet-card")
        await expect(card).to_contain_text("Late Larsson")
        await page.screenshot(path=pictures / "fleet-card.png")
        await card.get_by_role("link", name="Aino Aalto").click()
        await expect(page.get_by_role("heading", name="Aino Aalto")).to_be_visible()
        await expect(page.get_by_test_id("lateness")).to_have_text("Late")
        await page.screenshot(path=pictures / "staff-visit.png")


async def test_the_page_follows_what_changes_and_says_when_it_cannot(browser: Browser, town: Town) -> None:
    async with desk(browser, town.hub) as page:
        await map_ready(page)
        rows = page.locator("#fleet-list").get_by_test_id("fleet-row")
        await town.hire("New Niemi")
        booking_id = await town.send("New Niemi", "scheduled", -1)
        await expect(rows.nth(1)).to_contain_text("New Niemi", timeout=15_000)
        await expect(rows.nth(1).get_by_role("link", name="Aino Aalto")).to_have_attribute(
            "href", f"/staff/visits/{booking_id}"
        )
        await page.context.set_offline(True)
        await expect(page.get_by_text("Your connection is lost.")).to_be_visible(timeout=15_000)
        await page.context.set_offline(False)
        await expect(page.get_by_text("Your connection is lost.")).to_be_hidden(timeout=15_000)
        await page.context.clear_cookies()
        await page.evaluate("() => dispatchEvent(new Event('offline'))")
        await expect(page.get_by_text("You are signed out.")).to_be_visible(timeout=15_000)


async def test_more_than_500_are_drawn_in_clusters(browser: Browser, town: Town, pictures: Path) -> None:
    names = [f"Bench {number:03}" for number in range(600)]
    await town.hire(*names)
    await town.put(
        *(
            (name, CENTRE_LAT - 0.006 + 0.012 * (index % 25) / 25, CENTRE_LON - 0.008 + 0.016 * (index // 25) / 24)
            for index, name in enumerate(names)
        )
    )
    async with desk(browser, town.hub) as page:
        await map_ready(page)
        await expect(page.locator("#fleet-map")).to_have_attribute("data-clustered", "true")
        await expect(page.locator("#fleet-list li")).to_have_count(100)
        await page.screenshot(path=pictures / "fleet-clusters.png")
        await page.get_by_role("button", name="Show more (506)").click()
        await expect(page.locator("#fleet-list li")).to_have_count(200)
        await page.get_by_label("Territory").select_option("North")
        await expect(page.locator("#fleet-map")).to_have_attribute("data-clustered", "false")
        await expect(page.locator("#fleet-list li")).to_have_count(2)


@pytest.mark.parametrize(("name", "options"), [("dark", {"color_scheme": "dark"}), ("narrow", {"viewport": PHONE})])
async def test_the_page_fits_every_screen(
    browser: Browser, town: Town, pictures: Path, name: str, options: dict[str, object]
) -> None:
    async with desk(browser, town.hub, **options) as page:
        await map_ready(page)
        await page.screenshot(path=pictures / f"fleet-{name}.png", full_page=True)
        assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


async def test_without_script_the_list_tells_it_all(browser: Browser, town: Town, pictures: Path) -> None:
    async with desk(browser, town.hub, java_script_enabled=False) as page:
        await page.goto(f"{town.hub.base_url}/staff/map")
        await expect(page.get_by_test_id("fleet-row")).to_have_count(6)
        await expect(page.get_by_text("The map cannot be shown here.")).to_be_visible()
        await page.get_by_label("Lateness").select_option("Late")
        await page.get_by_role("button", name="Show", exact=True).click()
        await expect(page.get_by_test_id("fleet-row")).to_have_count(1)
        await page.screenshot(path=pictures / "fleet-plain.png")
