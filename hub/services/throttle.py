"""Slow down whoever sends, asks or tries too often."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from hub.domain.rate_limit import TokenBucket

MOST_REMEMBERED = 20_000


class Throttle:
    """One bucket for each name; who has not tried for longest is forgotten first. Counted per process."""

    def __init__(self, rate_per_s: float, burst: int, monotonic_s: Callable[[], float]) -> None:
        self._rate_per_s, self._burst, self._monotonic_s = rate_per_s, burst, monotonic_s
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def wait_s(self, name: str) -> float:
        """Tell how many seconds until this name may try; 0 means now."""
        if not self._rate_per_s:
            return 0.0
        return self._bucket(name).wait_s(self._monotonic_s())

    def count(self, name: str, tries: int = 1) -> None:
        """Count tries; whoever may try at all may try many at once, and waits the longer then."""
        if not self._rate_per_s:
            return
        self._bucket(name).take(tries, self._monotonic_s())

    def forgive(self, name: str) -> None:
        """Take back one counted try, since it was a good one."""
        self._bucket(name).take(-1, self._monotonic_s())

    def _bucket(self, name: str) -> TokenBucket:
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = TokenBucket(self._rate_per_s, self._burst, self._monotonic_s())
            if len(self._buckets) > MOST_REMEMBERED:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(name)
        return bucket
