"""Tell about upkeep for the workers, which have no `/metrics` of their own."""

from __future__ import annotations

from hub.clock import Clock
from hub.services.measures import UPKEEP, UPKEEP_AGE_S
from hub.store.upkeep_counts import UpkeepCounts


class MeasureUpkeep:
    """Reads what all web processes tell alike."""

    def __init__(self, counts: UpkeepCounts, clock: Clock) -> None:
        self._counts, self._clock = counts, clock

    async def update(self) -> None:
        """Read what upkeep did, and how long ago. Raises `redis.RedisError` where the store is away."""
        counts, done_at = await self._counts.read()
        for what, number in counts.items():
            UPKEEP.labels(what).set(number)
        for chore, at in done_at.items():
            UPKEEP_AGE_S.labels(chore).set(max(0.0, (self._clock() - at).total_seconds()))
