"""Learn from finished ways how long technicians really need."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import msgspec

from hub.clock import Clock
from hub.domain.eta_learn import learn
from hub.store import eta_learning, eta_models
from hub.store.database import Database

LEARNS_FROM = timedelta(days=90)
"""Older ways tell of other roadworks and another season."""


class LearnArrivals:
    """Makes a newer model where somebody has arrived since the last one. Several may."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def work(self) -> Counter[str]:
        """Learn anew; answer from how many `learned_ways`, 0 where there is nothing new."""
        now = self._clock()
        async with self._database.read() as tx:
            known = await eta_models.newest(tx)
            last = await eta_learning.last_arrival(tx)
            if last is None or (known.learned_at is not None and last < known.learned_at):
                return Counter(learned_ways=0)
            ways = await eta_learning.finished_ways(tx, now - LEARNS_FROM)
        model = await asyncio.to_thread(learn, ways, version=known.version + 1, now=now)
        if not model.has_learned:
            return Counter(learned_ways=0)
        async with self._database.write() as tx:
            if (await eta_models.stamp(tx)).version == known.version:  # nobody else was quicker
                still = await eta_learning.technicians(tx)  # whoever was erased meanwhile stays forgotten
                kept = {name: factor for name, factor in model.technicians.items() if name in still}
                await eta_models.save(tx, msgspec.structs.replace(model, technicians=kept))
        return Counter(learned_ways=model.trips)
