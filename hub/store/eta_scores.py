"""How good arrivals turned out to be: a row for each technician and one for all of a portal, by days looked back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.eta_score import Score
from hub.store import rows
from hub.store.tables import eta_score

EVERYBODY = ""
"""In place of a technician: all of a portal's together."""


class ScoreRow(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one technician, or of everybody."""

    portal_id: str
    resource_id: str
    days: int
    figures: Score
    scored_at: datetime


async def replace_scores(tx: AsyncConnection, scores: Iterable[ScoreRow]) -> None:
    """Put these in place of all that was known."""
    await tx.execute(delete(eta_score))
    values = [{**msgspec.structs.asdict(one), "figures": msgspec.to_builtins(one.figures)} for one in scores]
    if values:
        await tx.execute(eta_score.insert(), values)


async def all_scores(tx: AsyncConnection, portal_id: str | None = None) -> list[ScoreRow]:
    """Read the figures of one portal, else of all."""
    query = select(eta_score).order_by(eta_score.c.portal_id, eta_score.c.resource_id, eta_score.c.days)
    if portal_id is not None:
        query = query.where(eta_score.c.portal_id == portal_id)
    return await rows.find_all(tx, ScoreRow, query)


async def scored_at(tx: AsyncConnection) -> datetime | None:
    """Tell when figures were made last."""
    found: datetime | None = (await tx.execute(select(eta_score.c.scored_at).limit(1))).scalar_one_or_none()
    return found
