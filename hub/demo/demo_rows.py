"""Find the demo's portal, remember its timetable, and tidy up what was left lying."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo.anchor import Anchor, read_anchor, with_anchor
from hub.demo.seeded import SeedRefused
from hub.domain.booking_status import ENDED, BookingStatus
from hub.domain.work_order import WorkOrderStatus
from hub.store import portals
from hub.store.tables import booking, portal, work_order


async def find_demo(tx: AsyncConnection) -> tuple[str, Anchor] | None:
    """Find the seeded portal, None in an empty store. Raises SeedRefused where there are only real portals."""
    found = await portals.list_portals(tx)
    for each in found:
        if each.demo and (anchor := read_anchor(each.switches)):
            return each.id, anchor
    if found:
        raise SeedRefused(
            f"this store holds a real portal ({found[0].name}); the demo needs a store of its own: "
            "set HUB_DATA_DIR to another folder, or HUB_DATABASE_URL to an empty database"
        )
    return None


async def lock_anchor(tx: AsyncConnection, portal_id: str) -> Anchor | None:
    """Read the anchor and keep others from changing it until the transaction ends."""
    query = select(portal.c.switches).where(portal.c.id == portal_id).with_for_update()
    return read_anchor((await tx.execute(query)).scalar_one())


async def write_anchor(tx: AsyncConnection, portal_id: str, anchor: Anchor) -> None:
    """Write the anchor; the portal's other switches stay."""
    query = select(portal.c.switches).where(portal.c.id == portal_id)
    switches = with_anchor((await tx.execute(query)).scalar_one(), anchor)
    await tx.execute(update(portal).where(portal.c.id == portal_id).values(switches=switches))


async def close_stale(tx: AsyncConnection, anchor: Anchor, *, ended_before: datetime, now: datetime) -> None:
    """Complete visits of the timetable that ended while nobody drove; only these technicians' are touched.

    No events are written: nobody shall get a mail about yesterday's visit.
    """
    stale = _stale(anchor, ended_before)
    orders = select(booking.c.work_order_id).where(stale)
    await tx.execute(update(work_order).where(work_order.c.id.in_(orders)).values(status=WorkOrderStatus.COMPLETED))
    await tx.execute(
        update(booking)
        .where(stale)
        .values(
            status=BookingStatus.COMPLETED,
            version=booking.c.version + 1,
            updated_at=now,
            traveling_at=func.coalesce(booking.c.traveling_at, booking.c.starts_at),
            arrived_at=func.coalesce(booking.c.arrived_at, booking.c.starts_at),
            completed_at=booking.c.ends_at,
        )
    )


def _stale(anchor: Anchor, ended_before: datetime) -> ColumnElement[bool]:
    return and_(
        booking.c.resource_id.in_(anchor.resources),
        booking.c.status.not_in(sorted(ENDED)),
        booking.c.ends_at < ended_before,
    )
