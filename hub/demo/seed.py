"""Seed the demo, and keep it going: the same demo each time, with fresh tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.clock import system_clock
from hub.demo.access import ensure_access
from hub.demo.address_file import Address, load
from hub.demo.anchor import AHEAD, BEFORE, Anchor, continued, moved
from hub.demo.bench import ensure_bench
from hub.demo.bookable import add_bookable
from hub.demo.credentials import issue_credentials
from hub.demo.demo_rows import close_stale, find_demo, lock_anchor, write_anchor
from hub.demo.directory import PLACES, insert_directory
from hub.demo.drive_times import drive_times_s
from hub.demo.seeded import Seed, SeedRefused
from hub.demo.visit_rows import canceled, insert_links, insert_visits, planned, read_customers
from hub.domain.link_scope import LinkScope
from hub.settings import Settings
from hub.store import portals
from hub.store.database import Database

SCOPES = (LinkScope.TRACK, LinkScope.MANAGE)
GRACE = timedelta(minutes=10)
"""A visit that should have ended so long ago is closed: its technician is not driven."""


async def store_is_empty(database: Database) -> bool:
    """Tell whether there is no portal."""
    async with database.read() as tx:
        return not await portals.list_portals(tx, limit=1)


async def seed_demo(database: Database, settings: Settings, *, visits: int = 0, now: datetime | None = None) -> Seed:
    """Seed a demo into an empty store, or continue the one that is there; fresh tokens each time, none revoked.

    `visits` is how many technicians there shall be whom the simulator never drives, each traveling to a visit.
    Raises SeedRefused where the store holds real portals, the secret is unknown, or the demo city is not built.
    """
    now = now or system_clock()
    portal_id = await extend_demo(database, settings, now)
    if visits:
        await _add_bench(database, portal_id, visits, now)
    return await issue_credentials(database, settings, portal_id, now)


async def extend_demo(database: Database, settings: Settings, now: datetime) -> str:
    """Seed or continue the timetable up to three hours from now; gives the portal's id. Raises SeedRefused."""
    if not settings.secret_key:
        raise SeedRefused("HUB_SECRET_KEY is unset, and no hub has made one in the data folder yet")
    async with database.read() as tx:
        found = await find_demo(tx)
    portal_id, anchor = found or await _create(database, settings, now)
    if not anchor.bookable:
        anchor = await _add_bookable(database, portal_id)
    await ensure_access(database, settings.secret, portal_id, anchor, now)
    base = moved(anchor, now) if _stands_still(anchor, now) else anchor
    new, visits = await asyncio.to_thread(continued, base, now + AHEAD)
    async with database.write() as tx:
        if await lock_anchor(tx, portal_id) != anchor:
            return portal_id  # another process was faster, and did the same
        await close_stale(tx, anchor, ended_before=now if base is not anchor else now - GRACE, now=now)
        if visits:
            rows = [planned(new, visit, now) for visit in visits]
            ids = await insert_visits(tx, portal_id, await read_customers(tx, portal_id), rows, now)
            await insert_links(tx, settings.secret, ids, SCOPES, now)
            await write_anchor(tx, portal_id, new)
    return portal_id


def _stands_still(anchor: Anchor, now: datetime) -> bool:
    """Tell whether the hub was off for so long that the timetable has run out."""
    return now >= max(anchor.ends_at, anchor.starts_at + AHEAD)


async def _create(database: Database, settings: Settings, now: datetime) -> tuple[str, Anchor]:
    addresses = _addresses(Path(settings.demo_city))
    durations_s = await drive_times_s(settings.router_url, [address.place for address in addresses[:PLACES]])
    async with database.write() as tx:
        if found := await find_demo(tx):
            return found
        portal_id, anchor = await insert_directory(tx, addresses, durations_s, now - BEFORE)
        off = canceled(anchor, now)
        ids = await insert_visits(tx, portal_id, await read_customers(tx, portal_id), off, now)
        await insert_links(tx, settings.secret, ids, SCOPES, now)
    return portal_id, anchor


def _addresses(folder: Path) -> Sequence[Address]:
    try:
        return load(folder)
    except FileNotFoundError:
        raise SeedRefused(f"the demo city is not built in {folder}: run `make setup`, or set HUB_DEMO_CITY") from None


async def _add_bookable(database: Database, portal_id: str) -> Anchor:
    """Add whom customers can book, also to a demo of an older version."""
    async with database.write() as tx:
        anchor = await _locked_anchor(tx, portal_id)
        if anchor.bookable:
            return anchor
        return await add_bookable(tx, portal_id, anchor, await read_customers(tx, portal_id))


async def _add_bench(database: Database, portal_id: str, count: int, now: datetime) -> None:
    async with database.write() as tx:
        anchor = await _locked_anchor(tx, portal_id)
        customers = await read_customers(tx, portal_id)
        await write_anchor(tx, portal_id, await ensure_bench(tx, portal_id, anchor, customers, count, now))


async def _locked_anchor(tx: AsyncConnection, portal_id: str) -> Anchor:
    if anchor := await lock_anchor(tx, portal_id):
        return anchor
    raise SeedRefused("the demo's portal has lost its timetable")
