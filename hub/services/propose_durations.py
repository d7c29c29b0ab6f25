"""Learn from finished visits how long each kind of work takes, propose it, and plan it where staff agree."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hub.clock import Clock
from hub.domain.work_durations import propose_duration
from hub.store import events, work_durations
from hub.store.database import Database

LEARNS_FROM = timedelta(days=180)
"""Older work tells of other people and other tools (our choice)."""
ACCEPTED = "service_type.duration_accepted"


class ProposeDurations:
    """Works all proposals out anew; harmless when done twice."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def work(self) -> Counter[str]:
        """Propose; count the proposals."""
        now = self._clock()
        async with self._database.read() as tx:
            worked = await work_durations.worked_since(tx, now - LEARNS_FROM)
            planned = await work_durations.planned(tx)
        proposals = {
            id_: proposal
            for id_, planned_s in planned.items()
            if (proposal := propose_duration(worked.get(id_, ()), planned_s)) is not None
        }
        async with self._database.write() as tx:
            await work_durations.replace(tx, proposals, now)
        return Counter({"proposed_durations": len(proposals)})


async def accept_duration(
    db: Database, portal_id: str, service_type_id: str, proposed_s: int, *, actor: str, now: datetime
) -> bool:
    """Plan the proposed duration for what is booked from now on; False where something else is proposed by now."""
    async with db.write() as tx:
        if not await work_durations.plan(tx, portal_id, service_type_id, proposed_s):
            return False
        await events.append(
            tx,
            portal_id=portal_id,
            at=now,
            kind=ACCEPTED,
            booking_id=None,
            actor=actor,
            data={"service_type": service_type_id, "duration_s": proposed_s},
        )
        return True
