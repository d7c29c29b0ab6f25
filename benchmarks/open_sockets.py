"""Measure what those cost who are connected and say nothing: devices, watchers, and watchers who all come back."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from collections.abc import Sequence
from itertools import cycle, islice
from urllib.parse import urlsplit

from picows import WSFrame, WSListener, WSTransport, ws_connect

from benchmarks.running import Measured

SOCKETS = 10_000
AT_ONCE = 100
"""Handshakes under way, so that no listen queue overflows."""
FIRST = 100
"""Those who are connected before memory is looked at: what a first one makes grow, it makes grow once."""
SETTLE_S = 3.0
RETURNING, RETURN_S = 5_000, 10.0
"""So many come back within so many seconds."""

Open = tuple[WSTransport, "_Listener"]


def measure_idle_devices(hub: Measured) -> dict[str, float]:
    """Connect many devices to a fresh hub; its web process's growth for each, in kB, and its share of a core then."""
    _allow_sockets()
    return asyncio.run(_idle(hub, "devices", *_devices(hub)))


def measure_watchers(hub: Measured) -> dict[str, float]:
    """The same for watchers of a hub's visits; then many of them leave and come back."""
    _allow_sockets()
    urls = _watchers(hub)
    return asyncio.run(_idle(hub, "watchers", urls, None)) | asyncio.run(_return(hub, urls))


def _allow_sockets() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if most < SOCKETS + 500:
        raise SystemExit(f"{SOCKETS} sockets need as many open files; only {most} are allowed here (ulimit -Hn)")


def _devices(hub: Measured) -> tuple[list[str], list[str]]:
    tokens = [one["device_token"] for one in json.loads(hub.seed.read_bytes())["resources"]]
    return [_socket_url(hub) + "/api/v1/pings"] * len(tokens), tokens


def _watchers(hub: Measured) -> list[str]:
    seed = json.loads(hub.seed.read_bytes())
    moving = {one["id"] for one in seed["resources"]}
    paths = [urlsplit(one["track_url"]).path for one in seed["bookings"] if one["resource"] in moving]
    return [f"{_socket_url(hub)}{path}/live" for path in paths]


def _socket_url(hub: Measured) -> str:
    return hub.base_url.replace("http", "ws", 1)


async def _idle(hub: Measured, who: str, urls: Sequence[str], tokens: Sequence[str] | None) -> dict[str, float]:
    wanted = list(islice(cycle(zip(urls, tokens or [""] * len(urls), strict=True)), FIRST + SOCKETS))
    open_ones = await _connect(wanted[:FIRST])
    await asyncio.sleep(SETTLE_S)
    before = hub.web.memory_info().rss
    open_ones += await _connect(wanted[FIRST:])
    await asyncio.sleep(SETTLE_S)
    grown = hub.web.memory_info().rss - before
    hub.web.cpu_percent(None)
    await asyncio.sleep(5.0)
    share = hub.web.cpu_percent(None) / 100
    if closed := sum(listener.closed for _, listener in open_ones):
        raise SystemExit(f"{closed} idle {who} were disconnected")
    _leave(open_ones)
    return {
        f"{SOCKETS:,} idle {who}: kB of the web process for each": grown / SOCKETS / 1024,
        f"… share of a core the web process uses for idle {who}": share,
    }


async def _return(hub: Measured, urls: Sequence[str]) -> dict[str, float]:
    wanted = [(url, "") for url in islice(cycle(urls), RETURNING)]
    _leave(await _connect(wanted))
    began_s, used_s, waits_s = time.perf_counter(), _cpu_s(hub), []

    async def come_back(number: int) -> Open:
        await asyncio.sleep(number * RETURN_S / RETURNING)
        asked_s = time.perf_counter()
        transport, listener = await _connect_one(*wanted[number])
        await listener.greeted
        waits_s.append(time.perf_counter() - asked_s)
        return transport, listener

    open_ones = await asyncio.gather(*(come_back(number) for number in range(RETURNING)))
    took_s = time.perf_counter() - began_s
    used_s = _cpu_s(hub) - used_s
    _leave(open_ones)
    return {
        f"{RETURNING:,} watchers who come back in {RETURN_S:g} s: seconds until the last one has the snapshot": took_s,
        "… p99 of a return, ms": 1e3 * sorted(waits_s)[int(len(waits_s) * 0.99)],
        "… CPU of the web process for each, µs": 1e6 * used_s / RETURNING,
    }


def _cpu_s(hub: Measured) -> float:
    times = hub.web.cpu_times()
    return float(times.user + times.system)


def _leave(open_ones: Sequence[Open]) -> None:
    for transport, _ in open_ones:
        transport.disconnect()


class _Listener(WSListener):  # type: ignore[misc]  # picows has no types for it
    """Notices the first message, and whether it was disconnected."""

    def __init__(self) -> None:
        self.closed = False
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take nothing but notice the first: nobody says anything to a silent device."""
        if not self.greeted.done():
            self.greeted.set_result(None)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Remember it."""
        self.closed = True


async def _connect(wanted: Sequence[tuple[str, str]]) -> list[Open]:
    found: list[Open] = []
    for start in range(0, len(wanted), AT_ONCE):
        found += await asyncio.gather(*(_connect_one(url, token) for url, token in wanted[start : start + AT_ONCE]))
    return found


async def _connect_one(url: str, token: str) -> Open:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    listener = _Listener()
    transport, _ = await ws_connect(lambda: listener, url, extra_headers=headers, websocket_handshake_timeout=20)
    return transport, listener
