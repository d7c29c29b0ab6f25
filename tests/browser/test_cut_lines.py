"""Lines that are cut: each way to the hub gives way to the next one, and a page with none says so and comes back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, WebSocketRoute, expect
from redis.asyncio import Redis

from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, Scene, hub_settings, ping_at, running_hub
from tests.integration.stores import TestValkey

FAR, NEAR = 60.1735, 60.1655
"""Two latitudes on the technician's way, 1.1 km and 200 m north of the customer: 25 s apart."""
OWN_LINE = "Your own connection is down"


@pytest.fixture
async def plain_hub(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[RunningHub]:
    """Run a hub without roads and map: text is all that is looked at."""
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, demo_city=str(tmp_path))
    async with running_hub(settings) as running:
        yield running


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Open an empty page."""
    context = await browser.new_context(locale="en-GB")
    yield await context.new_page()
    await context.close()


async def _abort(route: Route) -> None:
    await route.abort()


async def _refuse(socket: WebSocketRoute) -> None:
    await socket.close(code=1011)


async def _open(page: Page, hub: RunningHub, *cut: str) -> tuple[Scene, list[str]]:
    """Open a visit under way, with some lines cut; collects which ways the page took."""
    scene = await hub.scene("scheduled")
    await hub.set_status(scene, "traveling")  # so that the hub knows of the way at once
    await hub.ping(scene, ping_at(datetime.now(UTC) - timedelta(seconds=25), lat=FAR))
    if "live" in cut:
        await page.route_web_socket(re.compile("/live$"), _refuse)
    for way in ("events", "snapshot"):
        if way in cut:
            await page.route(f"**/{way}", _abort)
    taken: list[str] = []
    page.on("request", lambda request: taken.append(request.url.rpartition("/")[2]))
    page.on("websocket", lambda socket: taken.append(socket.url.rpartition("/")[2]))
    await page.goto(f"{hub.base_url}/v/{scene.link_token}")
    return scene, taken


@pytest.mark.parametrize(
    ("cut", "way"),
    [((), "live"), (("live",), "events"), (("live", "events"), "snapshot")],
    ids=lambda value: str(value),
)
async def test_whatever_is_cut_the_page_stays_live_by_what_is_left(
    plain_hub: RunningHub, page: Page, cut: tuple[str, ...], way: str
) -> None:
    scene, taken = await _open(page, plain_hub, *cut)
    await expect(page.locator("#visit")).to_have_attribute("data-connection", "live")

    await plain_hub.ping(scene, ping_at(lat=NEAR))

    await expect(page.get_by_text(re.compile("about [0-9]+ m away"))).to_be_visible(timeout=20_000)
    await expect(page.get_by_text(OWN_LINE)).to_be_hidden()
    assert way in taken or way == "live"  # a socket that no route stands before is not reported by its address


async def test_a_page_without_any_line_says_so_and_comes_back(plain_hub: RunningHub, page: Page) -> None:
    _scene, _taken = await _open(page, plain_hub, "live", "events", "snapshot")

    await expect(page.get_by_text(OWN_LINE)).to_be_visible(timeout=20_000)
    await expect(page.get_by_text("km away")).to_be_visible()  # what was known stays
    await expect(page.get_by_text("We do not hear from the technician")).to_be_hidden()

    await page.unroute("**/events")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.get_by_text(OWN_LINE)).to_be_hidden()
    await expect(page.locator("#visit")).to_have_attribute("data-connection", "live")


async def test_a_network_that_goes_and_comes_back_is_noticed_at_once(plain_hub: RunningHub, page: Page) -> None:
    scene, _taken = await _open(page, plain_hub)
    await expect(page.locator("#visit")).to_have_attribute("data-connection", "live")

    await page.context.set_offline(True)
    await expect(page.get_by_text(OWN_LINE)).to_be_visible()
    await plain_hub.ping(scene, ping_at(lat=NEAR))
    await page.context.set_offline(False)

    await expect(page.get_by_text(OWN_LINE)).to_be_hidden()
    await expect(page.get_by_text(re.compile("about [0-9]+ m away"))).to_be_visible()
