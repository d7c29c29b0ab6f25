"""Accounts: customers with their contacts, their locations and the things there."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.store import rows
from hub.store.tables import account, asset, contact, location


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A customer: a household or a company."""

    id: str
    portal_id: str
    name: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A person of an account whom messages reach."""

    id: str
    account_id: str
    name: str
    email: str | None = None
    phone: str | None = None
    language: str = "en"


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A place of an account where work is done; WGS 84 degrees."""

    id: str
    account_id: str
    address: str
    lat: float
    lon: float
    time_zone: str
    """IANA name."""
    access_notes: str = ""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of an account that work is done on, such as a boiler."""

    id: str
    account_id: str
    name: str
    location_id: str | None = None
    """Where it stands."""
    serial: str = ""
    notes: str = ""


async def insert_accounts(tx: AsyncConnection, accounts: Iterable[Account]) -> None:
    """Insert accounts."""
    await rows.insert(tx, account, accounts)


async def insert_contacts(tx: AsyncConnection, contacts: Iterable[Contact]) -> None:
    """Insert contacts."""
    await rows.insert(tx, contact, contacts)


async def insert_locations(tx: AsyncConnection, locations: Iterable[Location]) -> None:
    """Insert locations."""
    await rows.insert(tx, location, locations)


async def insert_assets(tx: AsyncConnection, assets: Iterable[Asset]) -> None:
    """Insert assets."""
    await rows.insert(tx, asset, assets)


async def get_asset(tx: AsyncConnection, portal_id: str, asset_id: str) -> Asset | None:
    """Read an asset of this portal."""
    query = select(asset).join(account).where(asset.c.id == asset_id, account.c.portal_id == portal_id)
    return await rows.find(tx, Asset, query)


async def get_contact(tx: AsyncConnection, portal_id: str, contact_id: str) -> Contact | None:
    """Read a contact of this portal."""
    query = select(contact).join(account).where(contact.c.id == contact_id, account.c.portal_id == portal_id)
    return await rows.find(tx, Contact, query)


async def find_contact(tx: AsyncConnection, contact_id: str) -> Contact | None:
    """Read a contact of any portal."""
    return await rows.find(tx, Contact, select(contact).where(contact.c.id == contact_id))


async def portal_of(tx: AsyncConnection, account_id: str) -> str | None:
    """Tell the portal of an account."""
    return (await tx.execute(select(account.c.portal_id).where(account.c.id == account_id))).scalar_one_or_none()


async def locations_of(tx: AsyncConnection, account_id: str) -> list[Location]:
    """Read an account's locations, those that are known for longest first."""
    query = select(location).where(location.c.account_id == account_id).order_by(location.c.id)
    return await rows.find_all(tx, Location, query)


async def assets_of(tx: AsyncConnection, account_id: str) -> list[Asset]:
    """Read an account's assets by name."""
    query = select(asset).where(asset.c.account_id == account_id).order_by(asset.c.name, asset.c.id)
    return await rows.find_all(tx, Asset, query)


async def contacts_of(tx: AsyncConnection, account_id: str) -> list[str]:
    """List the ids of an account's contacts."""
    query = select(contact.c.id).where(contact.c.account_id == account_id).order_by(contact.c.id)
    return list((await tx.execute(query)).scalars())


async def get_location(tx: AsyncConnection, portal_id: str, location_id: str) -> Location | None:
    """Read a location of this portal."""
    query = select(location).join(account).where(location.c.id == location_id, account.c.portal_id == portal_id)
    return await rows.find(tx, Location, query)


async def list_contacts(
    tx: AsyncConnection, portal_id: str, *, after: str | None = None, limit: int = 500
) -> list[Contact]:
    """List the contacts of a portal's accounts by id, those after the id `after`."""
    query = select(contact).join(account).where(account.c.portal_id == portal_id)
    return await rows.page(tx, Contact, query, contact.c.id, after, limit)


async def list_locations(
    tx: AsyncConnection, portal_id: str, *, after: str | None = None, limit: int = 500
) -> list[Location]:
    """List the locations of a portal's accounts by id, those after the id `after`."""
    query = select(location).join(account).where(account.c.portal_id == portal_id)
    return await rows.page(tx, Location, query, location.c.id, after, limit)
