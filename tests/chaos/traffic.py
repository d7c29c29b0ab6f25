"""Traffic for the fault tests: devices that send until they are answered, and watchers that look closely."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.integration.commands.scenes import Scene

ANSWER_S = 5.0
PAUSE_S = 0.1
"""Between two frames of a device, and between two tries to connect."""


class Device:
    """A device that sends one frame at a time, and sends it again until it is acknowledged."""

    def __init__(self, url: str, scene: Scene, batch: int) -> None:
        self.scene, self._url, self._batch = scene, url, batch
        self.kept: set[datetime] = set()
        """Times of the pings that the hub says it has kept."""
        self.answered_at_s = 0.0
        self._stopped = asyncio.Event()
        self._sent = 0

    def stop(self) -> None:
        """End after the frame under way is acknowledged."""
        self._stopped.set()

    async def run(self) -> None:
        """Send until `stop`."""
        frame = self._next_frame()
        while not self._stopped.is_set():
            try:
                headers = {"Authorization": f"Bearer {self.scene.device_token}"}
                async with connect(
                    f"{self._url}/api/v1/pings", additional_headers=headers, open_timeout=ANSWER_S, proxy=None
                ) as socket:
                    while not self._stopped.is_set():
                        await self._send(socket, frame)
                        frame = self._next_frame()
                        await asyncio.sleep(PAUSE_S)
            except (WebSocketException, OSError):
                await asyncio.sleep(PAUSE_S)

    async def _send(self, socket: ClientConnection, frame: list[dict[str, Any]]) -> None:
        await socket.send(msgspec.json.encode(frame).decode())
        async with asyncio.timeout(ANSWER_S):
            answer = msgspec.json.decode(await socket.recv())
        verdicts = {other["index"]: other["verdict"] for other in answer.get("others", [])}
        # A duplicate was kept by an earlier try, whose answer was lost.
        self.kept |= {ping["at"] for index, ping in enumerate(frame) if verdicts.get(index) != "rejected"}
        self.answered_at_s = time.monotonic()

    def _next_frame(self) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        return [self._ping(now + timedelta(milliseconds=index)) for index in range(self._batch)]

    def _ping(self, at: datetime) -> dict[str, Any]:
        self._sent += 1
        place = {"lat": 60.17 + self._sent * 1e-6, "lon": 24.94, "accuracy_m": 8}
        return {"id": f"ping-{self._sent}", "at": at, **place}


class Watcher:
    """A customer who notes whatever goes backwards."""

    def __init__(self, url: str, scene: Scene) -> None:
        self._url, self._token = url, scene.link_token
        self.faults: list[str] = []
        self.heard_at_s = 0.0
        self.positions = 0
        self._seq = 0
        self._at = ""

    async def run(self) -> None:
        """Watch for ever, coming back whenever the connection is lost."""
        while True:
            try:
                async with connect(f"{self._url}/v/{self._token}/live", open_timeout=ANSWER_S, proxy=None) as socket:
                    async for text in socket:
                        self._hear(msgspec.json.decode(text))
            except (WebSocketException, OSError):
                pass
            await asyncio.sleep(PAUSE_S)

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "heartbeat":
            return
        if message["seq"] < self._seq:
            self.faults.append(f"seq fell from {self._seq} to {message['seq']} ({message['type']})")
        self._seq = message["seq"]
        if position := message.get("position"):
            at = datetime.fromisoformat(position["at"]).isoformat(timespec="microseconds")
            if at < self._at:
                self.faults.append(f"position went back from {self._at} to {at} ({message['type']})")
            self._at = at
            self.positions += 1
            self.heard_at_s = time.monotonic()


class Traffic:
    """Devices and watchers of many visits."""

    def __init__(self, base_url: str, scenes: list[Scene]) -> None:
        url = base_url.replace("http", "ws", 1)
        self.devices = [Device(url, scene, batch) for scene, batch in zip(scenes, _batches(), strict=False)]
        self.watchers = [Watcher(url, scene) for scene in scenes]

    async def __aenter__(self) -> Traffic:
        self._sending = [asyncio.create_task(device.run()) for device in self.devices]
        self._watching = [asyncio.create_task(watcher.run()) for watcher in self.watchers]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for device in self.devices:
            device.stop()
        await asyncio.gather(*self._sending, return_exceptions=True)
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def flows_again(self, within_s: float) -> float:
        """Wait until each device was answered and each watcher told of a position; answers after how many seconds."""
        began_s = time.monotonic()
        async with asyncio.timeout(within_s):
            while self._served_last_s() < began_s:  # noqa: ASYNC110 - polled, so that the traffic costs little
                await asyncio.sleep(0.05)
        return time.monotonic() - began_s

    def _served_last_s(self) -> float:
        """Tell when the one who waits longest was served last."""
        answered = min(device.answered_at_s for device in self.devices)
        return min(answered, *(watcher.heard_at_s for watcher in self.watchers))


def _batches() -> Iterator[int]:
    while True:
        yield 1
        yield 5
