"""Measure what the dispatchers' map costs a browser while 1,000 technicians move: `make fleet`. Needs Chromium."""

from __future__ import annotations

import asyncio
import json
import math
import random
import shutil
import statistics
import time
from typing import Any

from picows import WSMsgType, WSTransport
from playwright.async_api import Browser, Page, async_playwright

from benchmarks.idle_devices import connect_devices
from benchmarks.running import Measured, measured_hub

TECHNICIANS = 1_000
RATES = (200, 1_000)
"""Pings a second of all together: each moves every 5 s, or every second, once for each batch of the feed."""
LATS, LONS = (60.1642, 60.1791), (24.9352, 24.9534)
"""The demo city."""
SPEED_MPS, METRES_PER_DEGREE = 9.0, 111_195.0
SETTLE_S, WATCHED_S = 12.0, 30.0
"""Until everybody has moved and clusters were drawn, and then the trace."""
PATIENCE_MS = 120_000
HEARTBEAT_BYTES = 100
"""Whatever is longer changes something."""
EMAIL, PASSWORD = "bench@example.org", "a password for measuring"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
CATEGORIES = [
    "devtools.timeline",
    "v8.execute",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
    "toplevel",
]
SCRIPT = {"FunctionCall", "EvaluateScript", "RunMicrotasks", "v8.run", "V8.GCScavenger", "MinorGC", "MajorGC"}
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
        for rate, measured in asyncio.run(_drive_and_measure(hub, program)).items():
            for name, values in measured.items():
                p50, p95 = statistics.median(values), statistics.quantiles(values, n=20)[-1]
                figures = "  ".join(f"{value:,.1f}" for value in (p50, p95, max(values)))
                print(f"{rate:>5} pings/s, {len(values)} batches: {name}: {figures}")


async def _drive_and_measure(hub: Measured, program: str) -> dict[int, dict[str, list[float]]]:
    tokens = [one["device_token"] for one in json.loads(hub.seed.read_bytes())["resources"]]
    url = hub.base_url.replace("http", "ws", 1) + "/api/v1/pings"
    sockets = await connect_devices(url, tokens)
    return await _measure(hub, program, Drive([transport for transport, _ in sockets]))


async def _measure(hub: Measured, program: str, drive: Drive) -> dict[int, dict[str, list[float]]]:
    found = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = await _open_map(browser, hub.base_url)
        for rate in RATES:
            moving = asyncio.create_task(drive.go_on(rate))
            await asyncio.sleep(SETTLE_S)
            await browser.start_tracing(page=page, categories=CATEGORIES)
            await asyncio.sleep(WATCHED_S)
            trace = json.loads(await browser.stop_tracing())
            moving.cancel()
            found[rate] = batches(trace["traceEvents"])
        await browser.close()
    return found


class Drive:
    """Technicians who drive about the demo city, each on a socket of its own."""

    def __init__(self, sockets: list[WSTransport]) -> None:
        self._sockets = sockets
        self._random = random.Random(1)  # noqa: S311 - the same drive each time
        self._places = [(self._random.uniform(*LATS), self._random.uniform(*LONS)) for _ in sockets]

    async def go_on(self, rate: int) -> None:
        """Send so many pings a second of all together, until cancelled."""
        step_m = SPEED_MPS * len(self._sockets) / rate
        sent, started_s = 0, time.monotonic()
        while True:
            while sent < (time.monotonic() - started_s) * rate:
                self._move(sent % len(self._sockets), step_m)
                sent += 1
            await asyncio.sleep(0.01)

    def _move(self, index: int, step_m: float) -> None:
        way = self._random.uniform(0, 2 * math.pi)
        lat, lon = self._places[index]
        lat = min(max(lat + math.sin(way) * step_m / METRES_PER_DEGREE, LATS[0]), LATS[1])
        lon = min(max(lon + math.cos(way) * 2 * step_m / METRES_PER_DEGREE, LONS[0]), LONS[1])
        self._places[index] = lat, lon
        ping = {"lat": lat, "lon": lon, "at": time.time(), "speed_mps": SPEED_MPS, "accuracy_m": 8}
        self._sockets[index].send(WSMsgType.TEXT, json.dumps(ping).encode())


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
    messages = [event for event in events if event["name"] == "WebSocketReceive"]
    told = [event for event in messages if event["args"]["data"]["dataLength"] > HEARTBEAT_BYTES]
    arrivals, where = sorted(event["ts"] for event in told), (told[0]["pid"], told[0]["tid"])
    mine = [event for event in events if event.get("ph") == "X" and (event["pid"], event["tid"]) == where]
    mine.sort(key=lambda event: (event["ts"], -event["dur"]))
    handled, everything, drawn = ([0.0] * (len(arrivals) - 1) for _ in range(3))
    until, within_frame = 0.0, 0.0
    batch = 0
    for event in mine:
        if event["name"] in FRAME:
            within_frame = max(within_frame, event["ts"] + event["dur"])
        if event["name"] not in SCRIPT or event["ts"] < until:
            continue  # part of a longer one
        while batch < len(arrivals) - 1 and event["ts"] >= arrivals[batch + 1]:
            batch += 1
        if event["ts"] < arrivals[0] or batch >= len(arrivals) - 1:
            continue
        until = event["ts"] + event["dur"]
        took_ms = event.get("tdur", event["dur"]) / 1_000
        (drawn if event["ts"] < within_frame else everything)[batch] += took_ms
        if "/fleet/" in str(event.get("args", {}).get("data", {}).get("url", "")):
            handled[batch] += took_ms
    return {
        "bytes of the batch": [float(event["args"]["data"]["dataLength"]) for event in told[:-1]],
        "the page's own modules": handled,
        "all script outside of frames": everything,
        "script within frames (drawing)": drawn,
    }


if __name__ == "__main__":
    main()
