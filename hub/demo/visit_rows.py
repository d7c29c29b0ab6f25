"""Write the demo's visits: work orders, bookings and their links, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo.anchor import Anchor, status_due
from hub.demo.plan import PlannedVisit
from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import Window
from hub.domain.tokens import link_token, token_hash
from hub.domain.work_order import work_order_after
from hub.store import accounts, bookings, links, work_orders
from hub.store.ids import new_id

LINKS_LAST = timedelta(days=7)
CANCELED_AFTER = (timedelta(minutes=20), timedelta(minutes=50), timedelta(minutes=95), timedelta(minutes=150))
"""How long after the first seed visits lie that were canceled; nobody drives to them."""
_VISIT = timedelta(minutes=30)


class Customers(msgspec.Struct, frozen=True):
    """The customers of a portal by their locations' ids."""

    locations: Mapping[str, accounts.Location]
    contacts: Mapping[str, accounts.Contact]


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit to be written."""

    resource_id: str
    location_id: str
    service_type_id: str
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    window: Window
    traveling_at: datetime | None = None
    arrived_at: datetime | None = None
    completed_at: datetime | None = None


async def read_customers(tx: AsyncConnection, portal_id: str) -> Customers:
    """Read the customers of the demo; each has one contact and one location."""
    places = await accounts.list_locations(tx, portal_id)
    contacts = {contact.account_id: contact for contact in await accounts.list_contacts(tx, portal_id)}
    return Customers(
        {place.id: place for place in places},
        {place.id: contacts[place.account_id] for place in places if place.account_id in contacts},
    )


def planned(anchor: Anchor, visit: PlannedVisit, now: datetime) -> Visit:
    """Turn a planned visit into one with the status that it has by now."""
    status = status_due(visit.departs_at, visit.arrives_at, visit.finishes_at, now)
    return Visit(
        resource_id=anchor.resources[visit.technician],
        location_id=anchor.locations[visit.customer],
        service_type_id=anchor.service_types[visit.service_type],
        status=status,
        starts_at=visit.arrives_at,
        ends_at=visit.finishes_at,
        window=visit.window,
        traveling_at=visit.departs_at if now >= visit.departs_at else None,
        arrived_at=visit.arrives_at if now >= visit.arrives_at else None,
        completed_at=visit.finishes_at if status is BookingStatus.COMPLETED else None,
    )


def canceled(anchor: Anchor, now: datetime) -> list[Visit]:
    """Make up a few visits that were called off."""
    return [
        Visit(
            resource_id=anchor.resources[number % len(anchor.resources)],
            location_id=anchor.locations[-1 - number],
            service_type_id=anchor.service_types[number % len(anchor.service_types)],
            status=BookingStatus.CANCELED,
            starts_at=now + after,
            ends_at=now + after + _VISIT,
            window=Window(now + after, now + after + _VISIT),
        )
        for number, after in enumerate(CANCELED_AFTER)
    ]


async def insert_visits(
    tx: AsyncConnection, portal_id: str, customers: Customers, visits: Sequence[Visit], now: datetime
) -> list[str]:
    """Insert visits and give the ids of their bookings."""
    orders = [_order(portal_id, customers, visit) for visit in visits]
    await work_orders.insert_work_orders(tx, orders)
    rows = [_booking(order.id, visit, now) for order, visit in zip(orders, visits, strict=True)]
    await bookings.insert_bookings(tx, rows)
    return [row.id for row in rows]


async def insert_links(
    tx: AsyncConnection, secret: bytes, booking_ids: Iterable[str], scopes: Sequence[LinkScope], now: datetime
) -> list[str]:
    """Insert one link per booking and scope and give their tokens, a booking's side by side."""
    wanted = [(new_id("li"), booking_id, scope) for booking_id in booking_ids for scope in scopes]
    tokens = [link_token(secret, id_) for id_, _, _ in wanted]
    rows = [
        links.LinkRow(
            id=id_,
            booking_id=booking_id,
            scope=scope,
            token_hash=token_hash(token),
            expires_at=now + LINKS_LAST,
            created_at=now,
        )
        for (id_, booking_id, scope), token in zip(wanted, tokens, strict=True)
    ]
    await links.insert_links(tx, rows)
    return tokens


def _order(portal_id: str, customers: Customers, visit: Visit) -> work_orders.WorkOrder:
    contact = customers.contacts[visit.location_id]
    return work_orders.WorkOrder(
        id=new_id("wo"),
        portal_id=portal_id,
        account_id=contact.account_id,
        contact_id=contact.id,
        location_id=visit.location_id,
        service_type_id=visit.service_type_id,
        status=work_order_after(visit.status),
    )


def _booking(work_order_id: str, visit: Visit, now: datetime) -> bookings.NewBooking:
    return bookings.NewBooking(
        id=new_id("bk"),
        work_order_id=work_order_id,
        resource_id=visit.resource_id,
        status=visit.status,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        window_earliest=visit.window.earliest,
        window_latest=visit.window.latest,
        created_at=now,
        updated_at=now,
        traveling_at=visit.traveling_at,
        arrived_at=visit.arrived_at,
        completed_at=visit.completed_at,
    )
