"""Visits of the running day that are not over, with what tells when they are reached; and what was expected of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.qualification import PEOPLE
from hub.store import rows
from hub.store.tables import (
    booking,
    booking_resource,
    event,
    location,
    portal,
    resource,
    service_type,
    work_order,
)
from hub.store.visits import FORGOTTEN_AFTER, UNDER_WAY

LATE = "visit.late"
"""The kind of event that says: this promise will be missed."""


class OpenVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of one person who comes."""

    booking_id: str
    portal_id: str
    time_zone: str
    """The portal's."""
    resource_id: str
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    window_latest: datetime
    traveling_at: datetime | None
    arrived_at: datetime | None
    predicted_at: datetime | None
    predicted_latest: datetime | None
    buffer_s: int
    lat: float
    lon: float
    base_lat: float
    base_lon: float


class LastVisit(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody was last, and until when."""

    resource_id: str
    completed_at: datetime
    lat: float
    lon: float


async def open_visits(tx: AsyncConnection, now: datetime, ahead: timedelta) -> list[OpenVisit]:
    """Read the visits under way, and those planned to start within `ahead` or not long before, by start."""
    soon = and_(
        booking.c.status == BookingStatus.SCHEDULED,
        booking.c.starts_at > now - FORGOTTEN_AFTER,
        booking.c.starts_at < now + ahead,
    )
    under_way = and_(booking.c.status.in_(UNDER_WAY), booking.c.ends_at > now - FORGOTTEN_AFTER)
    query = (
        select(
            booking.c.id.label("booking_id"),
            work_order.c.portal_id,
            portal.c.time_zone,
            booking_resource.c.resource_id,
            *(
                booking.c[name]
                for name in (
                    "status",
                    "starts_at",
                    "ends_at",
                    "window_latest",
                    "traveling_at",
                    "arrived_at",
                    "predicted_at",
                    "predicted_latest",
                )
            ),
            service_type.c.buffer_s,
            location.c.lat,
            location.c.lon,
            resource.c.base_lat,
            resource.c.base_lon,
        )
        .join_from(booking, booking_resource, booking.c.id == booking_resource.c.booking_id)
        .join(resource, booking_resource.c.resource_id == resource.c.id)
        .join(work_order, booking.c.work_order_id == work_order.c.id)
        .join(portal, work_order.c.portal_id == portal.c.id)
        .join(location, work_order.c.location_id == location.c.id)
        .join(service_type, work_order.c.service_type_id == service_type.c.id)
        .where(or_(soon, under_way), resource.c.kind.in_(PEOPLE))
        .order_by(booking.c.starts_at, booking.c.id)
    )
    return await rows.find_all(tx, OpenVisit, query)


async def last_visits(tx: AsyncConnection, resource_ids: Collection[str], since: datetime) -> dict[str, LastVisit]:
    """Read where these were last since then."""
    query = (
        select(booking_resource.c.resource_id, booking.c.completed_at, location.c.lat, location.c.lon)
        .join_from(booking, booking_resource, booking.c.id == booking_resource.c.booking_id)
        .join(work_order, booking.c.work_order_id == work_order.c.id)
        .join(location, work_order.c.location_id == location.c.id)
        .where(
            booking_resource.c.resource_id.in_(resource_ids),
            booking.c.starts_at > since - timedelta(days=1),
            booking.c.completed_at > since,
        )
        .order_by(booking.c.completed_at)
    )
    return {one.resource_id: one for one in await rows.find_all(tx, LastVisit, query)}


async def expect(tx: AsyncConnection, expected: Mapping[str, tuple[datetime, datetime]]) -> None:
    """Write when these visits are expected, and the later end of the range; their version stays, nobody else waits."""
    for booking_id, (at, latest) in sorted(expected.items()):
        change = update(booking).where(booking.c.id == booking_id)
        await tx.execute(change.values(predicted_at=at, predicted_latest=latest))


async def told_late(tx: AsyncConnection, booking_ids: Collection[str]) -> dict[str, datetime]:
    """Tell when it was last said of these visits that they will be late."""
    of = event.c
    query = select(of.booking_id, func.max(of.at)).where(of.booking_id.in_(booking_ids), of.kind == LATE)
    return {id_: at for id_, at in await tx.execute(query.group_by(of.booking_id)) if id_ is not None}


async def lock(tx: AsyncConnection, booking_id: str) -> BookingStatus | None:
    """Keep others from changing a visit until the transaction ends; tell its status."""
    query = select(booking.c.status).where(booking.c.id == booking_id).with_for_update(key_share=True)
    found = (await tx.execute(query)).scalar_one_or_none()
    return None if found is None else BookingStatus(found)
