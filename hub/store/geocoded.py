"""Where addresses are, as a geocoder said before; addresses themselves are not kept, only their hashes."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point
from hub.store.tables import geocoded


class Answer(msgspec.Struct, frozen=True):
    """What was said: a place, or that there is none."""

    place: Point | None


async def get(tx: AsyncConnection, address: str, since: datetime) -> Answer | None:
    """Read what was said of an address since then; None where it was not asked."""
    query = select(geocoded.c.lat, geocoded.c.lon).where(
        geocoded.c.address_hash == _hash(address), geocoded.c.computed_at >= since
    )
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        return None
    return Answer(None if row.lat is None else Point(row.lat, row.lon))


async def put(tx: AsyncConnection, address: str, place: Point | None, now: datetime) -> None:
    """Remember what was said, instead of what was said before."""
    values = {"lat": place and place.lat, "lon": place and place.lon, "computed_at": now}
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    row = insert(geocoded).values(address_hash=_hash(address), **values)
    await tx.execute(row.on_conflict_do_update(index_elements=["address_hash"], set_=values))


def _hash(address: str) -> bytes:
    return hashlib.sha256(" ".join(address.casefold().split()).encode("utf-8", "surrogatepass")).digest()
