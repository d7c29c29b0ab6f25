"""Measure how far and how long technicians went to their visits, once the recorder has caught up."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hub.clock import Clock
from hub.domain.travel import travel
from hub.store import travels
from hub.store.database import Database

SETTLED = timedelta(seconds=60)
"""So long after the arrival the track is usually recorded."""
GROWS_FOR = timedelta(days=1)
"""So long after the arrival late points still count. Later the track may be thinned, and would come out shorter."""
WAYS_AT_ONCE = 100


class MeasureTravel:
    """A way whose track has grown since it was measured is measured again. Several may."""

    def __init__(self, database: Database, clock: Clock, *, exact: timedelta | None) -> None:
        """Know for how long tracks are exact; None is for ever."""
        self._database, self._clock = database, clock
        self._grows_for = GROWS_FOR if exact is None else min(GROWS_FOR, exact)

    async def work(self) -> Counter[str]:
        """Measure what is to be measured; answer how many `measured_ways`."""
        now = self._clock()
        async with self._database.read() as tx:
            ways = await travels.to_measure(
                tx, arrived_from=now - self._grows_for, arrived_before=now - SETTLED, limit=WAYS_AT_ONCE
            )
        for way in ways:
            async with self._database.read() as tx:
                fixes = await travels.fixes(tx, way)
            async with self._database.write() as tx:
                await travels.keep(tx, way, travel(fixes, way.traveling_at, way.arrived_at))
        return Counter(measured_ways=len(ways))
