"""How long finished visits took, and what is proposed to plan for each service type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.work_durations import DurationProposal, Worked, breaks_of
from hub.store import rows
from hub.store.tables import booking, event, service_duration_proposal, service_type, work_order

_CHANGED = "booking.status_changed"


class Proposed(DurationProposal, frozen=True, kw_only=True):
    """A proposal with the service type it is for."""

    service_type_id: str
    name: str
    planned_s: int
    computed_at: datetime


async def worked_since(tx: AsyncConnection, since: datetime) -> dict[str, list[Worked]]:
    """Read what was completed since then, by service type."""
    finished = (booking.c.status == BookingStatus.COMPLETED, booking.c.completed_at > since)
    breaks: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    changes = (
        select(event.c.booking_id, event.c.data)
        .join_from(event, booking, event.c.booking_id == booking.c.id)
        .where(
            *finished,
            event.c.kind == _CHANGED,
            or_(*(event.c.data[side].as_string() == BookingStatus.ON_BREAK for side in ("from", "to"))),
        )
        .order_by(event.c.at, event.c.id)
    )
    for booking_id, data in await tx.execute(changes):
        breaks[booking_id].append((data["to"], datetime.fromisoformat(data["at"])))
    query = (
        select(booking.c.id, work_order.c.service_type_id, booking.c.arrived_at, booking.c.completed_at)
        .join_from(booking, work_order, booking.c.work_order_id == work_order.c.id)
        .where(*finished, booking.c.arrived_at.is_not(None))
    )
    found: dict[str, list[Worked]] = defaultdict(list)
    for booking_id, service_type_id, began_at, completed_at in await tx.execute(query):
        rested = breaks_of(breaks.get(booking_id, ()), completed_at)
        found[service_type_id].append(Worked(began_at, completed_at, rested))
    return found


async def planned(tx: AsyncConnection) -> dict[str, int]:
    """Read what is planned for each service type, in seconds."""
    query = select(service_type.c.id, service_type.c.duration_s).where(service_type.c.active)
    return {row.id: row.duration_s for row in await tx.execute(query)}


async def replace(tx: AsyncConnection, proposals: Mapping[str, DurationProposal], now: datetime) -> None:
    """Keep these proposals, by service type, instead of all before."""
    await tx.execute(delete(service_duration_proposal))
    values = [
        {"service_type_id": id_, "computed_at": now, **msgspec.structs.asdict(one)} for id_, one in proposals.items()
    ]
    if values:
        await tx.execute(service_duration_proposal.insert(), values)


async def of_portal(tx: AsyncConnection, portal_id: str) -> list[Proposed]:
    """Read a portal's proposals, by the name of the service type."""
    of = service_duration_proposal.c
    query = (
        select(service_duration_proposal, service_type.c.name, service_type.c.duration_s.label("planned_s"))
        .join_from(service_duration_proposal, service_type, of.service_type_id == service_type.c.id)
        .where(service_type.c.portal_id == portal_id)
    )
    return await rows.find_all(tx, Proposed, query.order_by(service_type.c.name, service_type.c.id))


async def plan(tx: AsyncConnection, portal_id: str, service_type_id: str, proposed_s: int) -> bool:
    """Plan what is proposed from now on; False where that is no longer what is proposed."""
    of = service_duration_proposal.c
    proposed = select(of.service_type_id).where(of.service_type_id == service_type_id, of.proposed_s == proposed_s)
    change = update(service_type).where(
        service_type.c.id == service_type_id, service_type.c.portal_id == portal_id, service_type.c.id.in_(proposed)
    )
    return (await tx.execute(change.values(duration_s=proposed_s))).rowcount == 1
