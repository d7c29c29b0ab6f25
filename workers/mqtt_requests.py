"""Ask phones that have fallen silent for their position, while somebody looks at their technician's journey."""

from __future__ import annotations

import asyncio

import msgspec

from hub.services.authenticate import DeviceIdentity
from hub.services.bundle import Services
from hub.web.devices.owntracks import REPORT_LOCATION

ASK_EVERY_S = 5.0
SILENT_AFTER_S = 30.0
"""When watchers see a position as delayed (contract), and how long an answer may take before it is asked for again."""
FORGOTTEN_AFTER_S = 86_400.0


class _Phone:
    def __init__(self, device: DeviceIdentity) -> None:
        self.device = device
        self.topic = ""
        self.heard_at_s = self.asked_at_s = 0.0


class MqttRequests:
    """Knows the phones that were heard through the broker."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._phones: dict[str, _Phone] = {}

    def heard(self, device: DeviceIdentity, topic: str) -> None:
        """Note that a phone has told its position on this topic."""
        phone = self._phones.setdefault(device.device_id, _Phone(device))
        phone.topic, phone.heard_at_s = topic, _now_s()

    async def due(self) -> list[tuple[str, bytes]]:
        """Tell which topics to ask now, and how."""
        now_s = _now_s()
        self._phones = {
            name: phone for name, phone in self._phones.items() if now_s - phone.heard_at_s < FORGOTTEN_AFTER_S
        }
        asked = []
        for phone in list(self._phones.values()):
            if now_s - max(phone.heard_at_s, phone.asked_at_s) < SILENT_AFTER_S:
                continue
            if await self._services.audience.of_resource(phone.device.resource_id):
                phone.asked_at_s = now_s
                asked.append((f"{phone.topic}/cmd", msgspec.json.encode(REPORT_LOCATION)))
        return asked


def _now_s() -> float:
    return asyncio.get_running_loop().time()
