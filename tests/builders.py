"""Build rows for tests: each builder fills in everything that the test doesn't care about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.roles import Role
from hub.domain.tokens import enrolment_token, link_token, token_hash
from hub.store import (
    accounts,
    api_keys,
    bookings,
    devices,
    enrolments,
    links,
    portals,
    resources,
    service_types,
    work_orders,
    working_hours,
)
from hub.store.ids import new_id

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""The moment at which tests happen unless they say otherwise."""

SECRET = b"a secret for tests only"


class BuiltDirectory(msgspec.Struct, frozen=True):
    """The ids of one portal's rows."""

    portal_id: str
    account_id: str
    contact_id: str
    location_id: str
    service_type_id: str
    resource_id: str


class BuiltVisit(msgspec.Struct, frozen=True):
    """The ids of a visit's rows."""

    booking_id: str
    work_order_id: str
    directory: BuiltDirectory


async def build_directory(tx: AsyncConnection, *, demo: bool = False) -> BuiltDirectory:
    """Build a portal with one customer, one technician and one service type."""
    made = BuiltDirectory(*(new_id(prefix) for prefix in ("po", "ac", "co", "lo", "st", "re")))
    portal = made.portal_id
    await portals.insert_portals(tx, [portals.Portal(id=portal, name="Fix It", demo=demo, time_zone="Europe/Helsinki")])
    await accounts.insert_accounts(tx, [accounts.Account(id=made.account_id, portal_id=portal, name="Aalto")])
    contact = accounts.Contact(
        id=made.contact_id, account_id=made.account_id, name="Aino Aalto", email="aino@example.org"
    )
    await accounts.insert_contacts(tx, [contact])
    location = accounts.Location(
        id=made.location_id,
        account_id=made.account_id,
        address="Fredrikinkatu 20, Helsinki",
        lat=60.1635,
        lon=24.9385,
        time_zone="Europe/Helsinki",
    )
    await accounts.insert_locations(tx, [location])
    service = service_types.ServiceType(
        id=made.service_type_id,
        portal_id=portal,
        name="Boiler check",
        duration_s=1800,
        preparation="Clear the way to the boiler.",
    )
    await service_types.insert_service_types(tx, [service])
    await build_resource(tx, portal, resource_id=made.resource_id)
    return made


async def build_resource(tx: AsyncConnection, portal_id: str, *, resource_id: str | None = None) -> str:
    """Build a technician and give the id."""
    resource = resources.Resource(
        id=resource_id or new_id("re"),
        portal_id=portal_id,
        name="Tero Virtanen",
        phone="+358401234567",
        base_lat=60.17,
        base_lon=24.94,
    )
    await resources.insert_resources(tx, [resource])
    return resource.id


async def build_bookable(tx: AsyncConnection, portal_id: str) -> str:
    """Build a technician who works around the clock and give the id."""
    resource_id = await build_resource(tx, portal_id)
    hours = [
        working_hours.WorkingHours(resource_id=resource_id, weekday=weekday, starts_s=0, ends_s=86_400)
        for weekday in range(7)
    ]
    await working_hours.insert_working_hours(tx, hours)
    return resource_id


async def build_visit(
    tx: AsyncConnection,
    *,
    directory: BuiltDirectory | None = None,
    status: BookingStatus | str = BookingStatus.SCHEDULED,
    starts_at: datetime = NOW + timedelta(minutes=10),
    duration: timedelta = timedelta(minutes=30),
    resource_id: str | None = None,
) -> BuiltVisit:
    """Build a booking with its work order, and a directory unless one is given."""
    known = directory or await build_directory(tx)
    order = work_orders.WorkOrder(
        id=new_id("wo"),
        portal_id=known.portal_id,
        account_id=known.account_id,
        contact_id=known.contact_id,
        location_id=known.location_id,
        service_type_id=known.service_type_id,
    )
    booking = bookings.NewBooking(
        id=new_id("bk"),
        work_order_id=order.id,
        resource_id=resource_id or known.resource_id,
        status=BookingStatus(status),
        starts_at=starts_at,
        ends_at=starts_at + duration,
        window_earliest=starts_at,
        window_latest=starts_at + timedelta(hours=2),
        created_at=NOW,
        updated_at=NOW,
    )
    await work_orders.insert_work_orders(tx, [order])
    await bookings.insert_bookings(tx, [booking])
    return BuiltVisit(booking.id, order.id, known)


async def build_link(
    tx: AsyncConnection,
    booking_id: str,
    *,
    scope: LinkScope = LinkScope.TRACK,
    expires_at: datetime = NOW + timedelta(days=1),
) -> tuple[str, str]:
    """Build a customer's link; gives its id and its token."""
    link_id = new_id("li")
    token = link_token(SECRET, link_id)
    row = links.LinkRow(
        id=link_id,
        booking_id=booking_id,
        scope=scope,
        token_hash=token_hash(token),
        expires_at=expires_at,
        created_at=NOW,
    )
    await links.insert_links(tx, [row])
    return link_id, token


async def build_device(tx: AsyncConnection, resource_id: str, *, expires_at: datetime | None = None) -> tuple[str, str]:
    """Build a technician's device; gives its id and its token."""
    device_id = new_id("de")
    token = f"token-of-{device_id}"
    row = devices.NewDevice(
        id=device_id,
        resource_id=resource_id,
        name="Phone",
        token_hash=token_hash(token),
        created_at=NOW,
        expires_at=expires_at,
    )
    await devices.insert_devices(tx, [row])
    return device_id, token


async def build_api_key(
    tx: AsyncConnection, portal_id: str, *, role: Role = Role.DISPATCHER, expires_at: datetime | None = None
) -> tuple[str, str]:
    """Build an API key; gives its id and its token."""
    key_id = new_id("ak")
    token = f"token-of-{key_id}"
    row = api_keys.ApiKeyRow(
        id=key_id,
        portal_id=portal_id,
        name="Test",
        role=role,
        token_hash=token_hash(token),
        created_at=NOW,
        expires_at=expires_at,
    )
    await api_keys.insert_api_keys(tx, [row])
    return key_id, token


async def build_enrolment(
    tx: AsyncConnection, resource_id: str, *, expires_at: datetime = NOW + timedelta(days=7)
) -> tuple[str, str]:
    """Build an enrolment link of a technician; gives its id and its token."""
    enrolment_id = new_id("en")
    token = enrolment_token(SECRET, enrolment_id)
    row = enrolments.EnrolmentRow(
        id=enrolment_id, resource_id=resource_id, token_hash=token_hash(token), created_at=NOW, expires_at=expires_at
    )
    await enrolments.insert_enrolments(tx, [row])
    return enrolment_id, token
