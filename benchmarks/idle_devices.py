"""Measure what a connected device costs while it says nothing."""

from __future__ import annotations

import asyncio
import json
import resource
from itertools import cycle, islice

from picows import WSFrame, WSListener, WSTransport, ws_connect

from benchmarks.running import Measured

DEVICES = 10_000
AT_ONCE = 100
"""Handshakes under way, so that no listen queue overflows."""
FIRST = 100
"""Devices that are connected before memory is looked at: what a first one makes grow, it makes grow once."""
SETTLE_S = 3.0


def measure_idle(hub: Measured) -> dict[str, float]:
    """Connect many devices to a fresh hub; its web process's growth for each, in kB, and its share of a core then."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most < DEVICES + 500:
        raise SystemExit(f"{DEVICES} devices need as many open files; only {most} are allowed here (ulimit -Hn)")
    return asyncio.run(_measure(hub))


async def _measure(hub: Measured) -> dict[str, float]:
    tokens = [one["device_token"] for one in json.loads(hub.seed.read_bytes())["resources"]]
    url = hub.base_url.replace("http", "ws", 1) + "/api/v1/pings"
    tokens = list(islice(cycle(tokens), FIRST + DEVICES))
    open_ones = await _connect(url, tokens[:FIRST])
    await asyncio.sleep(SETTLE_S)
    before = hub.web.memory_info().rss
    open_ones += await _connect(url, tokens[FIRST:])
    await asyncio.sleep(SETTLE_S)
    grown = hub.web.memory_info().rss - before
    hub.web.cpu_percent(None)
    await asyncio.sleep(5.0)
    share = hub.web.cpu_percent(None) / 100
    if closed := sum(listener.closed for _, listener in open_ones):
        raise SystemExit(f"{closed} idle devices were disconnected")
    for transport, _ in open_ones:
        transport.disconnect()
    return {
        f"{DEVICES:,} idle devices: kB of the web process for each": grown / DEVICES / 1024,
        "… share of a core the web process uses": share,
    }


class _Listener(WSListener):  # type: ignore[misc]  # picows has no types for it
    """Notices whether it was disconnected."""

    closed = False

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take nothing: nobody says anything to a silent device."""

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Remember it."""
        self.closed = True


async def _connect(url: str, tokens: list[str]) -> list[tuple[WSTransport, _Listener]]:
    found: list[tuple[WSTransport, _Listener]] = []
    for start in range(0, len(tokens), AT_ONCE):
        found += await asyncio.gather(*(_connect_one(url, token) for token in tokens[start : start + AT_ONCE]))
    return found


async def _connect_one(url: str, token: str) -> tuple[WSTransport, _Listener]:
    transport, listener = await ws_connect(
        _Listener, url, extra_headers={"Authorization": f"Bearer {token}"}, websocket_handshake_timeout=20
    )
    return transport, listener
