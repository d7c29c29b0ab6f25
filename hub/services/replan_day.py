"""Look for a better day, propose it, and apply it as one change: all of its moves or none."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from hub.clock import Clock
from hub.domain.day_plan import ROUNDS, DayPlan, plan_day
from hub.services.move_visits import Applied, DayChanged, RefusedError, UnknownPlan, move_all
from hub.services.read_day import PlannedDay, read_day
from hub.services.travel_matrix import TravelMatrix
from hub.store import day_plans, reservations
from hub.store.database import Database
from hub.store.day_plans import KeptPlan, PlanMove, PlanState
from hub.store.ids import new_id

ACTOR = "hub:replan"
KEPT_FOR = timedelta(days=90)
NEAREST = 30
"""From each place the router is asked for the ways to so many of the nearest others; farther ones are guessed."""
_LEGS_AT_ONCE = 5_000


class ReplanDay:
    """Plans and applies; who may do so is for the caller to know."""

    def __init__(self, database: Database, roads: TravelMatrix | None, clock: Clock, rounds: int = ROUNDS) -> None:
        """Without `roads` all drives are guessed."""
        self._database, self._roads, self._clock, self._rounds = database, roads, clock, rounds

    async def propose(self, portal_id: str, day: date) -> KeptPlan:
        """Look for a better day and keep it as the day's proposal; without any move none is kept."""
        now = self._clock()
        async with self._database.read() as tx:
            planned = await read_day(tx, portal_id, day, now)
        if self._roads is not None:
            legs = sorted(_legs(planned))
            while legs:
                await self._roads.learn(planned.travel, legs[:_LEGS_AT_ONCE])
                legs = legs[_LEGS_AT_ONCE:]
        found = await asyncio.to_thread(
            plan_day, planned.days, planned.visits, planned.travel, rounds=self._rounds, seed=day.toordinal()
        )
        plan = _kept(planned, found, portal_id, day, now)
        async with self._database.write() as tx:
            if plan.moves:
                await day_plans.propose(tx, plan)
            else:
                await day_plans.withdraw(tx, portal_id, plan.day)
            await day_plans.forget_before(tx, now - KEPT_FOR)
        return plan

    async def apply(self, portal_id: str, plan_id: str, *, actor: str) -> Applied | DayChanged | UnknownPlan:
        """Make all moves of a proposal in one transaction; none where any of them can no longer be made.

        Every visit must be as it was when the plan was made, and may still move; its new time is looked at again under
        lock, as for every booking, and the database's rule against overlaps stands behind it.
        """
        now, refused = self._clock(), DayChanged()
        try:
            with reservations.unless_overlapping():
                async with self._database.write() as tx:
                    plan = await day_plans.get(tx, portal_id, plan_id, lock=True)
                    if plan is None or plan.state is not PlanState.PROPOSED:
                        return UnknownPlan()
                    await move_all(tx, plan, actor, now)
                    await day_plans.decide(tx, plan_id, PlanState.APPLIED, actor, now)
                return Applied(plan, tuple(move.booking_id for move in plan.moves))
        except RefusedError as why:
            refused = DayChanged(str(why))
        async with self._database.write() as tx:
            await day_plans.decide(tx, plan_id, PlanState.STALE, actor, now)
        return refused

    async def dismiss(self, portal_id: str, plan_id: str, *, actor: str) -> bool:
        """Put a proposal away; tell whether there was one."""
        async with self._database.write() as tx:
            plan = await day_plans.get(tx, portal_id, plan_id, lock=True)
            if plan is None or plan.state is not PlanState.PROPOSED:
                return False
            await day_plans.decide(tx, plan_id, PlanState.DISMISSED, actor, self._clock())
            return True


def _legs(planned: PlannedDay) -> set[tuple[int, int]]:
    """List the ways between places that are near each other, and those that the day has now."""
    bases = {base for day in planned.days.values() for base in (day.start, day.end) if base is not None}
    places = sorted(bases | {one.place for one in planned.visits})
    legs: set[tuple[int, int]] = set()
    for a in places:
        near = sorted((planned.travel.guess_s(a, b), b) for b in places if b != a)
        legs |= {leg for _, b in islice(near, NEAREST) for leg in ((a, b), (b, a))}
    for one in planned.visits:
        base = planned.days[one.resource_id].start
        if base is not None:
            legs |= {(base, one.place), (one.place, base)}
    return legs


def _kept(planned: PlannedDay, found: DayPlan, portal_id: str, day: date, now: datetime) -> KeptPlan:
    moves = [
        PlanMove(
            booking_id=move.id,
            version=planned.bookings[move.id].version,
            resource_id=move.resource_id,
            starts_at=datetime.fromtimestamp(move.starts_s, UTC),
            was_resource_id=move.was_resource_id,
            was_starts_at=datetime.fromtimestamp(move.was_starts_s, UTC),
        )
        for move in found.moves
    ]
    return KeptPlan(
        id=new_id("dp"),
        portal_id=portal_id,
        day=day.isoformat(),
        state=PlanState.PROPOSED,
        before_s=found.before_s,
        after_s=found.after_s,
        moves=moves,
        computed_at=now,
    )
