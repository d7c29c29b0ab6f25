"""Fresh tokens for everybody in the demo."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo.anchor import BEFORE
from hub.demo.seeded import (
    Seed,
    SeededAccess,
    SeededBooking,
    SeededLocation,
    SeededResource,
    SeededServiceType,
)
from hub.demo.visit_rows import insert_links
from hub.domain.link_scope import LinkScope
from hub.domain.roles import Role
from hub.domain.tokens import token_hash
from hub.services.issue_api_keys import issue_api_key
from hub.services.issue_devices import TOKEN_PREFIX
from hub.services.outcomes import UnknownPortal
from hub.services.show_demo import read_access
from hub.settings import Settings
from hub.store import accounts, bookings, devices, resources, service_types
from hub.store.bookings import Booking
from hub.store.database import Database
from hub.store.ids import new_id

KEYS_LAST = timedelta(days=30)
_RANDOM_BYTES = 24


async def issue_credentials(database: Database, settings: Settings, portal_id: str, now: datetime) -> Seed:
    """Make an API key, a device for each technician and links for each visit around now; old ones stay valid."""
    expires_at = now + KEYS_LAST
    key = await issue_api_key(database, portal_id, "demo", Role.DISPATCHER, now=now, expires_at=expires_at)
    if isinstance(key, UnknownPortal):
        raise RuntimeError(f"portal {portal_id} vanished")
    async with database.read() as tx:
        technicians = await _technicians(tx, portal_id)
        visits = await _visits(tx, portal_id, now)
        emails = {contact.id: contact.email for contact in await accounts.list_contacts(tx, portal_id)}
        kinds = await service_types.list_service_types(tx, portal_id)
        places = await accounts.list_locations(tx, portal_id)
    async with database.write() as tx:
        device_tokens = await _insert_devices(tx, technicians, now)
        tokens = await insert_links(
            tx, settings.secret, [visit.id for visit in visits], (LinkScope.TRACK, LinkScope.MANAGE), now
        )
    opens = [f"{settings.public_url}/v/{token}" for token in tokens]
    return Seed(
        base_url=settings.public_url,
        api_key=key.token,
        resources=[
            SeededResource(id=technician.id, name=technician.name, device_token=token)
            for technician, token in zip(technicians, device_tokens, strict=True)
        ],
        bookings=[
            _booking(visit, emails.get(visit.contact_id), track, manage)
            for visit, track, manage in zip(visits, opens[::2], opens[1::2], strict=True)
        ],
        service_types=[SeededServiceType(id=kind.id, name=kind.name) for kind in kinds],
        locations=[SeededLocation(id=place.id, lat=place.lat, lon=place.lon) for place in places],
        access=await _access(database, settings, now),
    )


async def _access(database: Database, settings: Settings, now: datetime) -> SeededAccess:
    known = await read_access(database, settings.secret, now)
    return SeededAccess(
        enrolment_url=settings.public_url + known.enrolment_path if known.enrolment_path else None,
        staff_url=f"{settings.public_url}/staff",
        staff_email=known.staff_email,
        staff_password=known.staff_password,
    )


async def _technicians(tx: AsyncConnection, portal_id: str) -> list[resources.Resource]:
    found = await resources.list_resources(tx, portal_id)
    while page := await resources.list_resources(tx, portal_id, after=found[-1].id if found else None):
        found += page
    return [technician for technician in found if technician.active]  # else whom an operator erased came back


async def _visits(tx: AsyncConnection, portal_id: str, now: datetime) -> list[Booking]:
    found, cursor = [], None
    while True:
        page = await bookings.list_bookings(tx, portal_id, starts_from=now - BEFORE, cursor=cursor, limit=500)
        found += page.items
        if (cursor := page.next_cursor) is None:
            return found


async def _insert_devices(tx: AsyncConnection, technicians: Sequence[resources.Resource], now: datetime) -> list[str]:
    tokens = [TOKEN_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES) for _ in technicians]
    rows = [
        devices.NewDevice(
            id=new_id("de"),
            resource_id=technician.id,
            name="demo phone",
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + KEYS_LAST,
        )
        for technician, token in zip(technicians, tokens, strict=True)
    ]
    await devices.insert_devices(tx, rows)
    return tokens


def _booking(visit: Booking, email: str | None, track_url: str, manage_url: str) -> SeededBooking:
    return SeededBooking(
        id=visit.id,
        resource=visit.resource_id,
        status=visit.status,
        starts_at=visit.starts_at,
        contact_email=email,
        track_url=track_url,
        manage_url=manage_url,
    )
