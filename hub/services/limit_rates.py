"""Limit how fast each device may send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hub.domain.rate_limit import TokenBucket


class DeviceRates:
    """One bucket per device that has sent to this process."""

    def __init__(self, rate_per_s: float, burst: int, monotonic_s: Callable[[], float]) -> None:
        self._rate_per_s, self._burst, self._monotonic_s = rate_per_s, burst, monotonic_s
        self._buckets: dict[str, TokenBucket] = {}

    def wait_s(self, device_id: str) -> float:
        """Tell how many seconds until a device may send again; 0 means now."""
        return self._bucket(device_id).wait_s(self._monotonic_s())

    def take(self, device_id: str, pings: int) -> None:
        """Count what a device has sent."""
        self._bucket(device_id).take(pings, self._monotonic_s())

    def _bucket(self, device_id: str) -> TokenBucket:
        if (bucket := self._buckets.get(device_id)) is None:
            bucket = TokenBucket(self._rate_per_s, self._burst, self._monotonic_s())
            self._buckets[device_id] = bucket
        return bucket


class CallerRates:
    """One bucket per address that calls without credentials; the longest silent are forgotten."""

    MOST = 50_000

    def __init__(self, rate_per_s: float, burst: int, monotonic_s: Callable[[], float]) -> None:
        self._rate_per_s, self._burst, self._monotonic_s = rate_per_s, burst, monotonic_s
        self._buckets: dict[str, TokenBucket] = {}

    def take(self, address: str) -> float:
        """Count one call; tells how many seconds to wait where it is one too many, else 0."""
        now_s = self._monotonic_s()
        bucket = self._buckets.pop(address, None) or TokenBucket(self._rate_per_s, self._burst, now_s)
        self._buckets[address] = bucket  # the newest last
        if len(self._buckets) > self.MOST:
            del self._buckets[next(iter(self._buckets))]
        wait_s = bucket.wait_s(now_s)
        if not wait_s:
            bucket.take(1, now_s)
        return wait_s


class HoldLimit:
    """How many holds one address may have at once without a key, so that nobody closes a whole calendar."""

    MOST = 3

    def __init__(self) -> None:
        self._until: dict[str, list[datetime]] = {}

    def allows(self, address: str, now: datetime) -> bool:
        """Tell whether one more hold is allowed."""
        live = [until for until in self._until.pop(address, []) if until > now]
        if live:
            self._until[address] = live
        return len(live) < self.MOST

    def count(self, address: str, until: datetime) -> None:
        """Count a hold, until it expires; the addresses that held first are forgotten beyond many."""
        self._until.setdefault(address, []).append(until)
        if len(self._until) > CallerRates.MOST:
            del self._until[next(iter(self._until))]
