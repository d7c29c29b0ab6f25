"""The operator's own map in a real browser: a region from one file, and somebody else's style under our policy."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Request, expect
from redis.asyncio import Redis
from starlette.responses import Response

from hub.web.base_map import REGION
from tests.browser.test_live_map_story import PHONE
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, ping_at, running_hub
from tests.integration.stores import TestValkey
from tests.integration.web.test_base_map import serving
from tests.region import write_region

GREEN = (0, 170, 0)


@pytest.fixture(scope="module")
def region(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a region of the demo city's streets, once."""
    file = tmp_path_factory.mktemp("region") / "region.pmtiles"
    write_region(city_folder / "basemap", file)
    return file


@pytest.fixture
async def hubs(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[Any]:
    """Give a function that runs a hub with some settings until the end of the test."""
    async with AsyncExitStack() as stack:

        async def run(**settings: str) -> RunningHub:
            known = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, **settings)
            return await stack.enter_async_context(running_hub(known))

        yield run


async def open_map(hub: RunningHub, page: Page) -> None:
    """Open the live map of a visit with a technician on the way."""
    scene = await hub.scene()
    await asyncio.sleep(2.1)  # until the new visit is known to be under way
    await hub.ping(scene, ping_at(lat=60.1695, lon=24.944))
    await page.goto(f"{hub.base_url}/v/{scene.link_token}")
    await expect(page.get_by_test_id("technician")).to_be_visible(timeout=20_000)


def listening(page: Page) -> tuple[list[Request], list[str]]:
    """Note what the page asks for, and what its console says."""
    asked: list[Request] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request))
    page.on("console", lambda message: said.append(message.text))
    return asked, said


async def colours(page: Page) -> set[tuple[int, int, int]]:
    """Tell the colours of the drawn map, roughly, from a picture of it."""
    picture = await page.locator("#map").screenshot()
    found: list[list[int]] = await page.evaluate(
        """async (bytes) => {
          const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
          const canvas = new OffscreenCanvas(image.width, image.height);
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          const { data } = context.getImageData(0, 0, image.width, image.height);
          const seen = new Map();
          for (let i = 0; i < data.length; i += 4) {
            const key = [data[i], data[i + 1], data[i + 2]].join();
            seen.set(key, (seen.get(key) ?? 0) + 1);
          }
          return [...seen].filter(([, count]) => count > 200).map(([key]) => key.split(",").map(Number));
        }""",
        list(picture),
    )
    return {(red, green, blue) for red, green, blue in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_region_is_drawn_from_its_file_in_ranges(
    hubs: Any, browser: Browser, region: Path, pictures: Path, scheme: Any
) -> None:
    hub = await hubs(basemap=str(region))
    page = await browser.new_page(viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    asked, said = listening(page)

    await open_map(hub, page)
    await page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((one) => one.name.includes('.pmtiles'))"
    )
    await page.wait_for_timeout(1_500)
    await page.screenshot(path=pictures / f"region-{scheme}.png")

    ranges = [request for request in asked if REGION in request.url]
    assert len(ranges) >= 2
    assert all(request.headers.get("range", "").startswith("bytes=") for request in ranges)
    assert {request.url.split("/")[2] for request in asked} == {hub.base_url.removeprefix("http://")}
    assert not [text for text in said if "Content Security Policy" in text or "rror" in text]
    street = await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--map-street')")
    assert _rgb(street) in await colours(page)
    await page.close()


async def test_a_foreign_style_is_drawn_under_the_policy_and_nothing_else_of_its_server_runs(
    hubs: Any, browser: Browser, pictures: Path
) -> None:
    def picture() -> Response:
        return Response(_picture(GREEN), media_type="image/png", headers={"Access-Control-Allow-Origin": "*"})

    answers: dict[str, Any] = {"/tile.png": picture}
    async with (
        serving(answers) as tiles,
        serving(
            {
                "/style.json": {
                    "version": 8,
                    "sources": {
                        "green": {"type": "raster", "tiles": [f"{tiles}/tile.png?{{z}}-{{x}}-{{y}}"], "tileSize": 256}
                    },
                    "layers": [{"id": "green", "type": "raster", "source": "green"}],
                }
            }
        ) as styles,
    ):
        hub = await hubs(map_style_url=f"{styles}/style.json")
        page = await browser.new_page(viewport=PHONE)  # type: ignore[arg-type]
        asked, said = listening(page)
        await open_map(hub, page)
        await page.wait_for_timeout(1_500)
        await page.screenshot(path=pictures / "foreign-style.png")

        assert any(request.url.startswith(f"{tiles}/tile.png") for request in asked)
        assert GREEN in await colours(page)
        assert not [text for text in said if "Content Security Policy" in text]
        refused = await page.evaluate(
            "(url) => new Promise((done) => { const script = document.createElement('script');"
            " script.onload = () => done('ran'); script.onerror = () => done('refused');"
            " script.src = url; document.head.append(script); })",
            f"{styles}/style.json",
        )
        assert refused == "refused"
        await page.close()


def _picture(colour: tuple[int, int, int], size: int = 256) -> bytes:
    """Draw a square of one colour as PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(colour) * size) * size)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _rgb(text: str) -> tuple[int, int, int]:
    digits = text.strip().lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
