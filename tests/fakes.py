"""Stand-ins for ports of the hub, for tests of pure behaviour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.domain.geofence import Fence
from hub.domain.ping import Ping
from hub.services.judge_pings import Observed, Outcome, Target
from tests.builders import NOW


class FakeClock:
    """A clock that goes on when told."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Answer the moment that was set."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class FakeNumbers:
    """Numbers messages as the live channel does, without a store."""

    def __init__(self, last: int = 1_000) -> None:
        self.last = last

    async def own_seq(self, visit_id: str, after: int) -> int:
        """Give the next number."""
        self.last = max(self.last, after) + 1
        return self.last


class FakeJourneys:
    """Knows which visits see a technician, and remembers what it was shown."""

    def __init__(self, *visits: str) -> None:
        self.visits = visits
        self.seen: list[Ping] = []
        self.going: Target | None = None

    def observe(self, resource_id: str, ping: Ping, fence: Fence | None, now: datetime) -> Observed:
        """Remember an accepted ping; its message body is empty."""
        self.seen.append(ping)
        return Observed([(visit, "{}") for visit in self.visits])

    def target(self, resource_id: str) -> Target | None:
        """Tell where the technician goes, as the test has set it."""
        return self.going


class FakeDevices:
    """Remembers which devices sent something."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def sent(self, device_id: str, pings: Sequence[Ping | None], outcomes: Sequence[Outcome], now: datetime) -> None:
        """Remember the device."""
        self.heard.append(device_id)
