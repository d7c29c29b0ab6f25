"""Visits of a day, as those who do them and those who run the day see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.store import rows
from hub.store.tables import booking, booking_resource, contact, location, resource, service_type, work_order
from hub.store.visits import FORGOTTEN_AFTER, UNDER_WAY

NOTICEABLE = timedelta(minutes=5)
"""By so much later than planned is worth showing."""


class DayVisit(msgspec.Struct, frozen=True, kw_only=True):
    """A booking with all that its technician needs to know."""

    booking_id: str
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    window_earliest: datetime
    window_latest: datetime
    customer_name: str
    customer_phone: str | None
    address: str
    lat: float
    lon: float
    access_notes: str
    notes: str
    """What the work order says beside the service."""
    service: str
    resource_id: str
    technician_name: str
    predicted_at: datetime | None = None
    """When the technician will be there as the day goes, beside what was promised."""

    @property
    def is_expected_late(self) -> bool:
        """Tell whether the promise will be missed, as the day goes."""
        return self.predicted_at is not None and self.predicted_at > self.window_latest

    @property
    def is_expected_later(self) -> bool:
        """Tell whether the technician will be there noticeably later than planned."""
        return self.predicted_at is not None and self.predicted_at - self.starts_at >= NOTICEABLE


async def of_portal(tx: AsyncConnection, portal_id: str, since: datetime, before: datetime) -> list[DayVisit]:
    """Read a portal's visits that start in an interval or are still under way, by start."""
    query = _visits().where(work_order.c.portal_id == portal_id, _counts(since, before))
    return await rows.find_all(tx, DayVisit, query)


async def of_technician(tx: AsyncConnection, resource_id: str, since: datetime, before: datetime) -> list[DayVisit]:
    """Read a technician's visits that start in an interval or are still under way, by start; a crew's too."""
    query = _visits().where(_comes(resource_id), _counts(since, before))
    return await rows.find_all(tx, DayVisit, query)


async def get(tx: AsyncConnection, resource_id: str, booking_id: str) -> DayVisit | None:
    """Read one visit of this technician, None where it is nobody's or another's."""
    query = _visits().where(_comes(resource_id), booking.c.id == booking_id)
    return await rows.find(tx, DayVisit, query)


async def of_booking(tx: AsyncConnection, portal_id: str, booking_id: str) -> DayVisit | None:
    """Read one visit of a portal, whenever it is; None where it is nobody's or another portal's."""
    query = _visits().where(work_order.c.portal_id == portal_id, booking.c.id == booking_id)
    return await rows.find(tx, DayVisit, query)


def _comes(resource_id: str) -> ColumnElement[bool]:
    """Tell whether a resource comes to a visit, as its lead or along with others."""
    of = booking_resource.c
    return (
        select(of.booking_id).where(of.booking_id == booking.c.id, of.resource_id == resource_id).correlate(booking)
    ).exists()


def _counts(since: datetime, before: datetime) -> ColumnElement[bool]:
    in_time = and_(booking.c.starts_at >= since, booking.c.starts_at < before)
    over_midnight = and_(
        booking.c.status.in_(UNDER_WAY), booking.c.starts_at < since, booking.c.ends_at > since - FORGOTTEN_AFTER
    )
    return or_(in_time, over_midnight)


def _visits() -> Select[Any]:
    return (
        select(
            booking.c.id.label("booking_id"),
            booking.c.status,
            booking.c.starts_at,
            booking.c.ends_at,
            booking.c.window_earliest,
            booking.c.window_latest,
            contact.c.name.label("customer_name"),
            contact.c.phone.label("customer_phone"),
            location.c.address,
            location.c.lat,
            location.c.lon,
            location.c.access_notes,
            work_order.c.notes,
            service_type.c.name.label("service"),
            booking.c.resource_id,
            resource.c.name.label("technician_name"),
            booking.c.predicted_at,
        )
        .join_from(booking, work_order, booking.c.work_order_id == work_order.c.id)
        .join(contact, work_order.c.contact_id == contact.c.id)
        .join(location, work_order.c.location_id == location.c.id)
        .join(service_type, work_order.c.service_type_id == service_type.c.id)
        .join(resource, booking.c.resource_id == resource.c.id)
        .order_by(booking.c.starts_at, booking.c.id)
    )
