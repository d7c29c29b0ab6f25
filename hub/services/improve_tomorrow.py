"""In the evening, look for a better order of tomorrow's visits, portal by portal."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.clock import Clock
from hub.domain.day_plan import Replan
from hub.services.move_visits import Applied
from hub.services.replan_day import ACTOR, ReplanDay
from hub.store import day_plans, portals
from hub.store.database import Database
from hub.store.day_plans import PlanState

FROM_HOUR = 20
"""By the portal's clock: most of tomorrow is booked then, and nobody prepares for it yet."""
WORTH_S = 300.0
"""A gain in travel that is worth looking at."""


class ImproveTomorrow:
    """Looks again whenever it is asked: what was booked since belongs to the new proposal."""

    def __init__(self, database: Database, replan: ReplanDay, mode: Replan, clock: Clock) -> None:
        self._database, self._replan, self._mode, self._clock = database, replan, mode, clock

    async def work(self) -> Counter[str]:
        """Plan for every portal whose evening it is; count what was proposed and applied."""
        done: Counter[str] = Counter()
        after: str | None = None
        while True:
            async with self._database.read() as tx:
                known = await portals.list_portals(tx, after=after)
            for portal in known:
                day = _tomorrow(self._clock(), ZoneInfo(portal.time_zone))
                if day is not None:
                    done += await self._improve(portal.id, day)
            if not known:
                return done
            after = known[-1].id

    async def _improve(self, portal_id: str, day: date) -> Counter[str]:
        async with self._database.read() as tx:
            if await day_plans.exists(tx, portal_id, day.isoformat(), PlanState.DISMISSED):
                return Counter()  # staff want the day as it is
        plan = await self._replan.propose(portal_id, day)
        if not plan.moves:
            return Counter()
        if plan.saved_s < WORTH_S:
            async with self._database.write() as tx:
                await day_plans.withdraw(tx, portal_id, plan.day)
            return Counter()
        if self._mode is Replan.APPLY:
            applied = await self._replan.apply(portal_id, plan.id, actor=ACTOR)
            return Counter({"applied_plans": int(isinstance(applied, Applied))})
        return Counter({"proposed_plans": 1})


def _tomorrow(now: datetime, zone: ZoneInfo) -> date | None:
    here = now.astimezone(zone)
    return here.date() + timedelta(days=1) if here.hour >= FROM_HOUR else None
