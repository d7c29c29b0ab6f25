"""Better days that the search found, and what became of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import day_plan


class PlanState(StrEnum):
    """What became of a plan."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    DISMISSED = "dismissed"
    STALE = "stale"
    """The day had changed when it was to be applied."""


class PlanMove(msgspec.Struct, frozen=True, kw_only=True):
    """One visit at another time, or with somebody else."""

    booking_id: str
    version: int
    """The booking's when the plan was made: another one means that it changed since."""
    resource_id: str
    starts_at: datetime
    was_resource_id: str
    was_starts_at: datetime


class KeptPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan of one portal's day."""

    id: str
    portal_id: str
    day: str
    """A date of the portal's calendar, `YYYY-MM-DD`."""
    state: PlanState
    before_s: float
    """The travel as it was planned."""
    after_s: float
    """The travel with the moves."""
    moves: list[PlanMove]
    computed_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None

    @property
    def saved_s(self) -> float:
        """Tell the travel that it saves."""
        return self.before_s - self.after_s


async def propose(tx: AsyncConnection, plan: KeptPlan) -> None:
    """Keep a proposal in place of the one that was made for the day before."""
    of = day_plan.c
    await tx.execute(
        delete(day_plan).where(of.portal_id == plan.portal_id, of.day == plan.day, of.state == PlanState.PROPOSED)
    )
    values = msgspec.structs.asdict(plan) | {"moves": msgspec.to_builtins(plan.moves)}
    await tx.execute(day_plan.insert(), [values])


async def withdraw(tx: AsyncConnection, portal_id: str, day: str) -> None:
    """Forget what was proposed for a day."""
    of = day_plan.c
    await tx.execute(delete(day_plan).where(of.portal_id == portal_id, of.day == day, of.state == PlanState.PROPOSED))


async def get(tx: AsyncConnection, portal_id: str, plan_id: str, *, lock: bool = False) -> KeptPlan | None:
    """Read a plan of a portal; `lock` keeps others from deciding on it."""
    query = select(day_plan).where(day_plan.c.id == plan_id, day_plan.c.portal_id == portal_id)
    return await rows.find(tx, KeptPlan, query.with_for_update() if lock else query)


async def proposed(tx: AsyncConnection, portal_id: str, since_day: str) -> list[KeptPlan]:
    """Read what is proposed for days from this one on, in order."""
    of = day_plan.c
    query = select(day_plan).where(of.portal_id == portal_id, of.state == PlanState.PROPOSED, of.day >= since_day)
    return await rows.find_all(tx, KeptPlan, query.order_by(of.day, of.id))


async def exists(tx: AsyncConnection, portal_id: str, day: str, state: PlanState) -> bool:
    """Tell whether a day has a plan in this state."""
    of = day_plan.c
    query = select(of.id).where(of.portal_id == portal_id, of.day == day, of.state == state)
    return (await tx.execute(query.limit(1))).first() is not None


async def decide(tx: AsyncConnection, plan_id: str, state: PlanState, by: str, now: datetime) -> None:
    """Say what became of a plan."""
    change = update(day_plan).where(day_plan.c.id == plan_id)
    await tx.execute(change.values(state=state, decided_by=by, decided_at=now))


async def forget_before(tx: AsyncConnection, at: datetime) -> int:
    """Delete plans computed before a moment; tell how many."""
    return (await tx.execute(delete(day_plan).where(day_plan.c.computed_at < at))).rowcount
