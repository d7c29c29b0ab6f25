"""Grade the arrivals that were told, once technicians have arrived: for each of them and for all together."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.clock import Clock
from hub.domain.eta_score import Score, Scored, score
from hub.store import predictions
from hub.store.database import Database
from hub.store.eta_scores import EVERYBODY, ScoreRow, replace_scores

DAYS = (7, 30)
"""How far back arrivals count; further than the track history is kept there are none."""


class _Of(NamedTuple):
    portal_id: str
    resource_id: str


class ScoreArrivals:
    """Grades all again each time, since windows move on and phones tell late; whoever was erased is left out."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def work(self) -> Counter[str]:
        """Grade; answer that it was done, as `gradings`."""
        now = self._clock()
        told = await self._read(now - timedelta(days=max(DAYS)))
        rows = await asyncio.to_thread(_rows, told, now)
        async with self._database.write() as tx:
            await replace_scores(tx, rows)
        return Counter(gradings=1)

    async def _read(self, since: datetime) -> dict[_Of, list[Scored]]:
        """Read what was told, a technician at a time: their reads are short, and others come between."""
        told: dict[_Of, list[Scored]] = {}
        async with self._database.read() as tx:
            found = await predictions.finished(tx, since)
        for one in found:
            async with self._database.read() as tx:
                told[_Of(one.portal_id, one.resource_id)] = await predictions.to_score(tx, one.resource_id, since)
        return told


def _rows(told: Mapping[_Of, Sequence[Scored]], now: datetime) -> list[ScoreRow]:
    together: defaultdict[_Of, list[Scored]] = defaultdict(list)
    for of, estimates in told.items():
        together[_Of(of.portal_id, EVERYBODY)] += estimates
    rows = []
    for of, estimates in [*together.items(), *told.items()]:
        for days in DAYS:
            if figures := _score(estimates, now - timedelta(days=days)):
                rows.append(ScoreRow(**of._asdict(), days=days, figures=figures, scored_at=now))
    return rows


def _score(estimates: Sequence[Scored], since: datetime) -> Score | None:
    return score(one for one in estimates if one.arrived_at >= since)
