"""Find the contact and the location of a booking, or make them for somebody new."""

from __future__ import annotations

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point, distance_m
from hub.domain.misfit import Misfit
from hub.store import accounts, portals
from hub.store.ids import new_id

NEAR_M = 100.0
"""How far the place of a booking may be from the one that its slot was offered for."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody new."""

    name: str
    email: str | None
    phone: str | None
    language: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A new place, WGS 84 degrees."""

    address: str
    lat: float
    lon: float


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to tell, and where to go."""

    contact: accounts.Contact
    location: accounts.Location


def is_near(place: Point, location: accounts.Location | Place) -> bool:
    """Tell whether a location is where a slot was offered for."""
    return distance_m(place, Point(location.lat, location.lon)) <= NEAR_M


async def find_or_make_customer(
    tx: AsyncConnection, portal_id: str, contact: Contact | str, location: Place | str, *, near: Point
) -> Customer | Misfit:
    """Find known ones by their ids; whoever and whatever is new goes to the other one's account, or to a new one.

    The location must be within `NEAR_M` of `near`. What does not fit makes nothing.
    """
    known_contact = await accounts.get_contact(tx, portal_id, contact) if isinstance(contact, str) else None
    known_location = await accounts.get_location(tx, portal_id, location) if isinstance(location, str) else None
    if isinstance(contact, str) and known_contact is None:
        return Misfit("$.contact", "unknown")
    where = known_location if isinstance(location, str) else location
    if where is None:
        return Misfit("$.location", "unknown")
    if not is_near(near, where):
        return Misfit("$.location", "is not where the slot was offered for")
    if known_contact and known_location and known_contact.account_id != known_location.account_id:
        return Misfit("$.contact", "belongs to another account than the location")
    known = known_contact or known_location
    account_id = known.account_id if known else await _make_account(tx, portal_id, contact)
    return Customer(
        contact=known_contact or await _make_contact(tx, account_id, contact),
        location=known_location or await _make_location(tx, portal_id, account_id, location),
    )


async def _make_account(tx: AsyncConnection, portal_id: str, contact: Contact | str) -> str:
    name = contact.name if isinstance(contact, Contact) else ""
    account = accounts.Account(id=new_id("ac"), portal_id=portal_id, name=name)
    await accounts.insert_accounts(tx, [account])
    return account.id


async def _make_contact(tx: AsyncConnection, account_id: str, new: Contact | str) -> accounts.Contact:
    assert isinstance(new, Contact)  # noqa: S101 - an id was looked up before
    made = accounts.Contact(
        id=new_id("co"),
        account_id=account_id,
        name=new.name,
        email=new.email,
        phone=new.phone,
        language=new.language,
    )
    await accounts.insert_contacts(tx, [made])
    return made


async def _make_location(tx: AsyncConnection, portal_id: str, account_id: str, new: Place | str) -> accounts.Location:
    assert isinstance(new, Place)  # noqa: S101 - an id was looked up before
    made = accounts.Location(
        id=new_id("lo"),
        account_id=account_id,
        address=new.address,
        lat=new.lat,
        lon=new.lon,
        time_zone=await portals.time_zone_of(tx, portal_id),
    )
    await accounts.insert_locations(tx, [made])
    return made
