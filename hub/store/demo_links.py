"""Links of demo portals, whose start page names them openly."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.store import rows
from hub.store.tables import booking, link, location, portal, resource, service_type, work_order


class DemoLink(msgspec.Struct, frozen=True, kw_only=True):
    """A visit of a demo portal with its newest open link that only looks."""

    link_id: str
    address: str
    service: str
    technician_name: str
    status: BookingStatus
    starts_at: datetime
    time_zone: str


async def has_demo(tx: AsyncConnection) -> bool:
    """Tell whether there is a demo portal."""
    return bool((await tx.execute(select(exists().where(portal.c.demo)))).scalar())


async def is_demo(tx: AsyncConnection, portal_id: str) -> bool:
    """Tell whether a portal is a demo."""
    return bool((await tx.execute(select(portal.c.demo).where(portal.c.id == portal_id))).scalar())


async def around(tx: AsyncConnection, status: BookingStatus, now: datetime, most: int) -> list[DemoLink]:
    """Read visits with this status, the next ones first, or the last ones first where they are over."""
    newest = (
        select(func.max(link.c.id))
        .where(
            link.c.booking_id == booking.c.id,
            link.c.scope == "track",
            link.c.revoked_at.is_(None),
            link.c.expires_at > now,
        )
        .correlate(booking)
        .scalar_subquery()
    )
    over = status is BookingStatus.COMPLETED
    query = (
        select(
            newest.label("link_id"),
            location.c.address,
            service_type.c.name.label("service"),
            resource.c.name.label("technician_name"),
            booking.c.status,
            booking.c.starts_at,
            location.c.time_zone,
        )
        .join_from(booking, work_order, booking.c.work_order_id == work_order.c.id)
        .join(location, work_order.c.location_id == location.c.id)
        .join(service_type, work_order.c.service_type_id == service_type.c.id)
        .join(resource, booking.c.resource_id == resource.c.id)
        .join(portal, work_order.c.portal_id == portal.c.id)
        .where(portal.c.demo, booking.c.status == status, newest.is_not(None))
        .order_by(booking.c.starts_at.desc() if over else booking.c.starts_at, booking.c.id)
        .limit(most)
    )
    if status is BookingStatus.SCHEDULED:
        query = query.where(booking.c.starts_at >= now)
    return await rows.find_all(tx, DemoLink, query)
