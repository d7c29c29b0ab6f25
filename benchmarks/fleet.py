"""Measure what the dispatchers' map costs a browser while 1,000 technicians move: `make fleet`. Needs Chromium."""

from __future__ import annotations

import asyncio
import json
import math
import random
import shutil
import statistics
from collections import deque
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import Browser, Page, async_playwright
from redis.asyncio import Redis

from benchmarks.running import Measured, measured_hub
from hub.domain.ping import Ping
from hub.domain.ping_filter import PingState
from hub.store.ping_store import encode_state
from hub.store.redis_client import connect_redis, key

TECHNICIANS = 1_000
MOVING = (200, 1_000)
"""Technicians who move each second: all every 5 s, or all in each batch of the feed."""
LATS, LONS = (60.1642, 60.1791), (24.9352, 24.9534)
"""The demo city."""
STEP_M, METRES_PER_DEGREE = 9.0, 111_195.0
SETTLE_S, WATCHED_S = 10.0, 40.0
"""Until everybody has moved and clusters were drawn, and then the trace."""
PATIENCE_MS = 120_000
EMAIL, PASSWORD = "bench@example.org", "a password for measuring"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "v8.execute"]
SCRIPT = {"FunctionCall", "EvaluateScript", "RunMicrotasks", "HandlePostMessage", "TimerFire", "EventDispatch"}
COLLECTIONS = {"MinorGC", "MajorGC"}
FRAME = {"FireAnimationFrame", "Commit", "PageAnimator::serviceScriptedAnimations"}


def main() -> None:
    """Print milliseconds of script for each batch, from Chromium's own trace."""
    program = shutil.which("chromium")
    if program is None:
        raise SystemExit("Chromium is needed")
    with measured_hub() as hub:
        hub.seed_visits(TECHNICIANS)
        hub.command("staff", "add", EMAIL, "--role", "dispatcher", "--password-stdin", stdin=PASSWORD)
        print(f"{TECHNICIANS:,} technicians; p50, p95 and most of a batch; thread time in ms, drawn in software.\n")
        for moving, measured in asyncio.run(_measure(hub, program)).items():
            for name, values in measured.items():
                p50, p95 = statistics.median(values), statistics.quantiles(values, n=20)[-1]
                figures = "  ".join(f"{value:,.1f}" for value in (p50, p95, max(values)))
                print(f"{moving:>5} move a second, {len(values)} batches: {name}: {figures}")


async def _measure(hub: Measured, program: str) -> dict[int, dict[str, list[float]]]:
    found = {}
    ids = [one["id"] for one in json.loads(hub.seed.read_bytes())["resources"]]
    async with connect_redis(hub.redis_url) as redis, async_playwright() as playwright:
        drive = Drive(redis, ids)
        await drive.step(TECHNICIANS)
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = await _open_map(browser, hub.base_url)
        for moving in MOVING:
            going_on = asyncio.create_task(drive.go_on(moving))
            await asyncio.sleep(SETTLE_S)
            await browser.start_tracing(page=page, categories=CATEGORIES)
            await asyncio.sleep(WATCHED_S)
            trace = json.loads(await browser.stop_tracing())
            going_on.cancel()
            found[moving] = batches(trace["traceEvents"])
        await browser.close()
    return found


class Drive:
    """Technicians who drive about the demo city, as the hub's commits of their pings leave them in the store."""

    def __init__(self, redis: Redis, ids: list[str]) -> None:
        self._redis = redis
        self._random = random.Random(1)  # noqa: S311 - the same drive each time
        self._places = {id_: (self._random.uniform(*LATS), self._random.uniform(*LONS)) for id_ in ids}
        self._turn = deque(ids)

    async def go_on(self, moving: int) -> None:
        """Let so many move every second, in turn, until cancelled."""
        while True:
            await self.step(moving)
            await asyncio.sleep(1.0)

    async def step(self, moving: int) -> None:
        """Move the next ones."""
        states: dict[Any, Any] = {id_: encode_state(PingState(newest=self._move(id_))) for id_ in self._next(moving)}
        await self._redis.hset(key("states"), mapping=states)

    def _next(self, moving: int) -> list[str]:
        some = [self._turn[index] for index in range(moving)]
        self._turn.rotate(-moving)
        return some

    def _move(self, id_: str) -> Ping:
        way = self._random.uniform(0, 2 * math.pi)
        lat, lon = self._places[id_]
        lat = min(max(lat + math.sin(way) * STEP_M / METRES_PER_DEGREE, LATS[0]), LATS[1])
        lon = min(max(lon + math.cos(way) * 2 * STEP_M / METRES_PER_DEGREE, LONS[0]), LONS[1])
        self._places[id_] = lat, lon
        return Ping(lat=lat, lon=lon, at=datetime.now(UTC), speed_mps=STEP_M, accuracy_m=8.0)


async def _open_map(browser: Browser, base_url: str) -> Page:
    page = await browser.new_page(viewport={"width": 1360, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(f"{base_url}/staff/sign-in?next=/staff/map")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("#fleet-map[data-ready]").wait_for()
    return page


def batches(events: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Add up a trace's script by batch: what the page's own modules take, all outside of frames, and that in frames.

    All that happens from one batch of the feed until the next belongs to the first. Times are those of the thread
    where the trace has them, so that others' work on the machine does not count.
    """
    heard = [event for event in events if event["name"] == "FunctionCall" and "/fleet/socket.mjs" in _url(event)]
    arrivals, where = sorted(event["ts"] for event in heard), (heard[0]["pid"], heard[0]["tid"])
    mine = [event for event in events if event.get("ph") == "X" and (event["pid"], event["tid"]) == where]
    mine.sort(key=lambda event: (event["ts"], -event["dur"]))
    handled, everything, drawn, collected = ([0.0] * (len(arrivals) - 1) for _ in range(4))
    ends, batch = dict.fromkeys(("all", "ours", "frame"), 0.0), 0
    for event in mine:
        name, begins, ends_at = event["name"], event["ts"], event["ts"] + event["dur"]
        if name in FRAME:
            ends["frame"] = max(ends["frame"], ends_at)
        while batch < len(arrivals) and begins >= arrivals[batch]:
            batch += 1
        if not 0 < batch < len(arrivals):
            continue  # before the first, or since the last one
        took_ms = event.get("tdur", event["dur"]) / 1_000
        if "/fleet/" in _url(event) and begins >= ends["ours"]:
            handled[batch - 1] += took_ms
            ends["ours"] = ends_at
        if name in SCRIPT | COLLECTIONS and begins >= ends["all"]:  # else it is part of a longer one
            kind = collected if name in COLLECTIONS else drawn if begins < ends["frame"] else everything
            kind[batch - 1] += took_ms
            ends["all"] = ends_at
    return {
        "the page's own modules": handled,
        "all script outside of frames": everything,
        "script within frames (drawing)": drawn,
        "collecting garbage between them": collected,
    }


def _url(event: dict[str, Any]) -> str:
    """Name the file whose function was called."""
    return str(event.get("args", {}).get("data", {}).get("url", ""))


if __name__ == "__main__":
    main()
