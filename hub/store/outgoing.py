"""Outgoing messages: rows of the outbox joined with all that a mail says."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, case, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.messages import MessageKind, MessageState
from hub.domain.still_true import ABOUT_TIME
from hub.store import rows
from hub.store.outbox import MessageFacts
from hub.store.service_types import shown_name
from hub.store.tables import booking, contact, location, message, portal, resource, service_type, work_order


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One message with everything that its mail needs."""

    id: str
    booking_id: str
    kind: MessageKind
    facts: MessageFacts
    attempts: int
    created_at: datetime
    first_id: str
    """The booking's first message, which the later ones answer to."""
    newer_sent: bool
    """Whether a newer message about the booking's time was sent."""
    status: BookingStatus
    """The booking's status now."""
    contact_name: str
    contact_email: str | None
    contact_language: str
    portal_name: str
    portal_demo: bool
    address: str
    lat: float
    lon: float
    time_zone: str
    service: str
    preparation: str
    technician_name: str
    """The portal's, where customers are not told theirs."""


async def load(tx: AsyncConnection, ids: Collection[str]) -> list[Outgoing]:
    """Read messages, oldest first."""
    query = _outgoing().where(message.c.id.in_(ids)).order_by(message.c.created_at, message.c.id)
    return await rows.find_all(tx, Outgoing, query)


def _outgoing() -> Select[Any]:
    return (
        select(
            message.c.id,
            message.c.booking_id,
            message.c.kind,
            message.c.facts,
            message.c.attempts,
            message.c.created_at,
            _first_id().label("first_id"),
            _newer_sent().label("newer_sent"),
            booking.c.status,
            contact.c.name.label("contact_name"),
            contact.c.email.label("contact_email"),
            contact.c.language.label("contact_language"),
            portal.c.name.label("portal_name"),
            portal.c.demo.label("portal_demo"),
            location.c.address,
            location.c.lat,
            location.c.lon,
            location.c.time_zone,
            shown_name(contact.c.language),
            service_type.c.preparation,
            case((portal.c.shows_name, resource.c.name), else_=portal.c.name).label("technician_name"),
        )
        .join_from(message, booking, message.c.booking_id == booking.c.id)
        .join(contact, message.c.contact_id == contact.c.id)
        .join(portal, message.c.portal_id == portal.c.id)
        .join(work_order, booking.c.work_order_id == work_order.c.id)
        .join(location, work_order.c.location_id == location.c.id)
        .join(service_type, work_order.c.service_type_id == service_type.c.id)
        .join(resource, booking.c.resource_id == resource.c.id)
    )


def _first_id() -> Any:
    first = message.alias("first")
    return (
        select(first.c.id)
        .where(first.c.booking_id == message.c.booking_id)
        .order_by(first.c.created_at, first.c.id)
        .limit(1)
        .correlate(message)
        .scalar_subquery()
    )


def _newer_sent() -> Any:
    newer = message.alias("newer")
    return exists().where(
        newer.c.booking_id == message.c.booking_id,
        newer.c.created_at > message.c.created_at,
        newer.c.state == MessageState.SENT.value,
        newer.c.kind.in_([kind.value for kind in ABOUT_TIME]),
    )
