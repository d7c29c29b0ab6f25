"""Visits: bookings joined with all that their customers' pages need."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Row, Select, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from hub.domain.booking_status import ENDED, BookingStatus
from hub.domain.geodesy import Point
from hub.domain.geofence import CrossingKind
from hub.domain.silence import Silence
from hub.domain.stops import Stop
from hub.domain.visibility import Sight, is_closed
from hub.domain.visit import Visit
from hub.store.columns import UtcDateTime
from hub.store.service_types import shown_name
from hub.store.tables import (
    booking,
    contact,
    crossing,
    device,
    location,
    portal,
    resource,
    service_type,
    session,
    work_order,
)
from hub.store.visibility import rule_columns, rules_of

FORGOTTEN_AFTER = timedelta(hours=12)
"""A booking that should have ended so long ago was forgotten, not late: it is no stop before any more."""

UNDER_WAY = (BookingStatus.TRAVELING, BookingStatus.IN_PROGRESS, BookingStatus.ON_BREAK)
_COMES_LATER = (BookingStatus.SCHEDULED, BookingStatus.TRAVELING)


async def load(tx: AsyncConnection, booking_id: str, now: datetime) -> Visit | None:
    """Read one visit."""
    row = (await tx.execute(_one(), {"booking_id": booking_id, **_moments(now)})).one_or_none()
    return None if row is None else _visit(row, now)


async def under_way(tx: AsyncConnection, now: datetime) -> list[Visit]:
    """Read every visit to which somebody travels or where somebody is, in one query; a technician may have several."""
    return [_visit(row, now) for row in await tx.execute(_all_under_way(), _moments(now))]


async def stops_before(tx: AsyncConnection, now: datetime) -> dict[str, list[Stop]]:
    """Read what technicians still do before the visits to which they travel, by those visits' ids, each in order."""
    found: dict[str, list[Stop]] = {}
    for row in await tx.execute(_all_stops_before(), {"forgotten": now - FORGOTTEN_AFTER}):
        found.setdefault(row.before_id, []).append(
            Stop(
                status=BookingStatus(row.status),
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                arrived_at=row.arrived_at,
                place=Point(row.lat, row.lon),
            )
        )
    return found


async def versions(tx: AsyncConnection, booking_ids: Collection[str]) -> dict[str, int]:
    """Read the versions of these bookings, by their ids."""
    query = select(booking.c.id, booking.c.version).where(booking.c.id.in_(booking_ids))
    return {row.id: row.version for row in await tx.execute(query)}


@cache
def _one() -> Select[Any]:
    return _visits().where(booking.c.id == bindparam("booking_id"))


@cache
def _all_under_way() -> Select[Any]:
    query = _visits().where(booking.c.status.in_(UNDER_WAY))
    return query.order_by(booking.c.starts_at, booking.c.id)


def _moments(now: datetime) -> dict[str, datetime]:
    return {"now": now, "forgotten": now - FORGOTTEN_AFTER}


def _visits() -> Select[Any]:
    """Build the query, which takes longer than to run it: so it is built once, with `_moments` left open."""
    return (
        select(
            booking.c.id,
            booking.c.version,
            booking.c.status,
            booking.c.starts_at,
            booking.c.ends_at,
            booking.c.window_earliest,
            booking.c.window_latest,
            shown_name(contact.c.language),
            service_type.c.preparation,
            service_type.c.change_cutoff_s,
            location.c.address,
            location.c.lat,
            location.c.lon,
            location.c.time_zone,
            booking.c.resource_id,
            resource.c.name.label("technician_name"),
            resource.c.photo_url,
            resource.c.phone,
            case((booking.c.status.in_(_COMES_LATER), _stops_before()), else_=0).label("stops_before"),
            booking.c.undo,
            booking.c.traveling_at,
            portal.c.id.label("portal_id"),
            portal.c.name.label("portal_name"),
            portal.c.demo,
            *rule_columns(),
            _paused().label("paused"),
            _arrived().label("arrived"),
        )
        .join_from(booking, work_order, booking.c.work_order_id == work_order.c.id)
        .join(location, work_order.c.location_id == location.c.id)
        .join(contact, work_order.c.contact_id == contact.c.id)
        .join(service_type, work_order.c.service_type_id == service_type.c.id)
        .join(resource, booking.c.resource_id == resource.c.id)
        .join(portal, work_order.c.portal_id == portal.c.id)
    )


@cache
def _all_stops_before() -> Select[Any]:
    traveling, other = booking.alias("traveling"), booking.alias("other")
    return (
        select(
            traveling.c.id.label("before_id"),
            other.c.status,
            other.c.starts_at,
            other.c.ends_at,
            other.c.arrived_at,
            location.c.lat,
            location.c.lon,
        )
        .join_from(traveling, other, _comes_before(other, traveling))
        .join(work_order, other.c.work_order_id == work_order.c.id)
        .join(location, work_order.c.location_id == location.c.id)
        .where(traveling.c.status == BookingStatus.TRAVELING)
        .order_by(other.c.starts_at, other.c.id)
    )


def _stops_before() -> Any:
    other = booking.alias("other")
    return (
        select(func.count())
        .select_from(other)
        .where(_comes_before(other, booking))
        .correlate(booking)
        .scalar_subquery()
    )


def _comes_before(other: FromClause, visit: FromClause) -> ColumnElement[bool]:
    """Tell which of a technician's visits are still to be done before one."""
    return and_(
        other.c.resource_id == visit.c.resource_id,
        other.c.starts_at < visit.c.starts_at,
        other.c.ends_at > bindparam("forgotten", type_=UtcDateTime()),
        other.c.status.not_in(sorted(ENDED)),
    )


def _paused() -> ColumnElement[bool]:
    """Tell whether sharing is turned off on a phone of the technician that could turn it on again."""
    return (
        select(session.c.id)
        .join(device, device.c.id == session.c.device_id)
        .where(
            session.c.resource_id == booking.c.resource_id,
            session.c.ended_at.is_(None),
            session.c.expires_at > bindparam("now", type_=UtcDateTime()),
            device.c.revoked_at.is_(None),
            device.c.silence == Silence.SHARING_OFF,
        )
        .correlate(booking)
        .exists()
    )


def _arrived() -> ColumnElement[bool]:
    """Tell whether an arrival was seen on this way that the technician has not objected to."""
    return (
        select(crossing.c.at)
        .where(
            crossing.c.booking_id == booking.c.id,
            crossing.c.set_off_at == booking.c.traveling_at,
            crossing.c.kind == CrossingKind.ARRIVED,
            crossing.c.answered_at.is_(None),
        )
        .correlate(booking)
        .exists()
    )


def _visit(row: Row[Any], now: datetime) -> Visit:
    rules = rules_of(row)
    closed = is_closed(rules, arrived=row.arrived, window_latest=row.window_latest, now=now)
    return Visit(
        booking_id=row.id,
        version=row.version,
        status=BookingStatus(row.status),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        window_earliest=row.window_earliest,
        window_latest=row.window_latest,
        service=row.service,
        preparation=row.preparation,
        address=row.address,
        place=Point(row.lat, row.lon),
        time_zone=row.time_zone,
        resource_id=row.resource_id,
        technician_name=row.technician_name,
        technician_photo_url=row.photo_url,
        technician_phone=row.phone,
        stops_before=row.stops_before,
        undo_until=datetime.fromisoformat(row.undo["until"]) if row.undo else None,
        portal_id=row.portal_id,
        portal_name=row.portal_name,
        portal_demo=row.demo,
        change_cutoff=timedelta(seconds=row.change_cutoff_s),
        set_off_at=row.traveling_at,
        sight=Sight(rules=rules, paused=row.paused, closed=closed),
    )
