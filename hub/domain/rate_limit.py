"""A token bucket: so much per second for long, more at once for a while."""

from __future__ import annotations


class TokenBucket:
    """Holds up to `burst` tokens and gains `rate_per_s`. A rate of 0 means no limit.

    Whoever finds a token left may take many and leave a debt, so that no batch is too large for ever.
    """

    def __init__(self, rate_per_s: float, burst: int, now_s: float) -> None:
        """Start full. `now_s` is a monotonic clock in seconds, here and below."""
        self._rate_per_s, self._burst = rate_per_s, burst
        self._tokens, self._filled_at_s = float(burst), now_s

    def wait_s(self, now_s: float) -> float:
        """Tell how many seconds until something may be taken; 0 means now."""
        if not self._rate_per_s:
            return 0.0
        self._fill(now_s)
        return max(0.0, (1.0 - self._tokens) / self._rate_per_s)

    def take(self, count: int, now_s: float) -> None:
        """Take `count` tokens."""
        self._fill(now_s)
        self._tokens -= count

    def _fill(self, now_s: float) -> None:
        gained = (now_s - self._filled_at_s) * self._rate_per_s
        self._tokens, self._filled_at_s = min(self._burst, self._tokens + gained), now_s
