"""Work orders: what is to be done for a customer; bookings say when and by whom."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.work_order import WorkOrderStatus
from hub.store import rows
from hub.store.tables import work_order


class WorkOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work."""

    id: str
    portal_id: str
    account_id: str
    contact_id: str
    location_id: str
    service_type_id: str
    status: WorkOrderStatus = WorkOrderStatus.SCHEDULED
    notes: str = ""
    asset_id: str | None = None
    """What is worked on."""


async def insert_work_orders(tx: AsyncConnection, work_orders: Iterable[WorkOrder]) -> None:
    """Insert work orders."""
    await rows.insert(tx, work_order, work_orders)


async def get_work_order(tx: AsyncConnection, work_order_id: str) -> WorkOrder | None:
    """Read one work order."""
    return await rows.find(tx, WorkOrder, select(work_order).where(work_order.c.id == work_order_id))


async def lock(tx: AsyncConnection, work_order_id: str) -> WorkOrder | None:
    """Read one work order and keep others from changing it until the transaction ends."""
    query = select(work_order).where(work_order.c.id == work_order_id).with_for_update(key_share=True)
    return await rows.find(tx, WorkOrder, query)


async def set_status(tx: AsyncConnection, work_order_id: str, status: WorkOrderStatus) -> None:
    """Set a work order's status."""
    await tx.execute(update(work_order).where(work_order.c.id == work_order_id).values(status=status))
