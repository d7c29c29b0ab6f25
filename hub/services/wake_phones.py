"""Know when a phone that can be asked shall tell its position now."""

from __future__ import annotations

from collections.abc import Callable

from hub.clock import Clock
from hub.domain.freshness import LIVE_FOR
from hub.services.audience import Audience
from hub.services.throttle import Throttle
from hub.store.ping_store import PingStore


class WakePhones:
    """Asks when somebody looks at the technician's journey and the newest position is not live any more."""

    def __init__(self, pings: PingStore, audience: Audience, clock: Clock, monotonic_s: Callable[[], float]) -> None:
        self._pings, self._audience, self._clock = pings, audience, clock
        # A phone that sends what it kept needs one question, not one for each old position.
        self._asked = Throttle(1 / LIVE_FOR.total_seconds(), 1, monotonic_s)

    async def wanted(self, resource_id: str) -> bool:
        """Tell whether the technician's phone shall report now, and count that it was asked."""
        if self._asked.wait_s(resource_id) or not await self._audience.of_resource(resource_id):
            return False
        newest = await self._pings.newest(resource_id)
        wanted = newest is None or self._clock() - newest.at > LIVE_FOR
        if wanted:
            self._asked.count(resource_id)
        return wanted
