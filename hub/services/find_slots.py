"""Find the times that can be offered for a service at a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point
from hub.domain.intervals import DailyHours, Interval
from hub.domain.slot_ids import OfferedSlot, Slot
from hub.domain.slots import FreeSlot, Worker, find_free, promised
from hub.services.outcomes import UnknownServiceType
from hub.store import portals, reservations, resources, service_types, working_hours
from hub.store.database import Database

OFFERED_FOR = timedelta(hours=1)
"""How long an offer stands, if nobody takes it."""
OTHERS = 5
"""How many other slots are named to whoever was too late (contract)."""
AROUND = timedelta(days=7)
"""How far from the wanted time others are looked for."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants done, and where."""

    portal_id: str
    service_type_id: str
    place: Point
    location_id: str | None = None
    booking_id: str | None = None
    """The booking that is to be moved, whose own time does not count."""


def wanted_by(slot: Slot) -> Wanted:
    """Tell what a slot was offered for."""
    return Wanted(
        portal_id=slot.portal_id,
        service_type_id=slot.service_type_id,
        place=slot.place,
        location_id=slot.location_id,
    )


async def find_slots(
    db: Database, wanted: Wanted, within: Interval, now: datetime
) -> list[OfferedSlot] | UnknownServiceType:
    """List what can be offered with a start in `within`, earliest first."""
    async with db.read() as tx:
        service = await service_types.get_service_type(tx, wanted.service_type_id)
        if service is None or service.portal_id != wanted.portal_id:
            return UnknownServiceType(wanted.service_type_id)
        zone = await zone_of(tx, wanted.portal_id)
        but_of = [wanted.booking_id] if wanted.booking_id else []
        workers = await workers_of(tx, wanted.portal_id, within, now, but_of)
    free = find_free(workers, timedelta(seconds=service.duration_s), zone, within, now)
    return [_slot(wanted, slot, now) for slot in free]


async def find_others(db: Database, wanted: Wanted, wanted_at: datetime, now: datetime) -> list[OfferedSlot]:
    """List up to five other slots near a time that somebody else was faster to take, nearest first."""
    found = await find_slots(db, wanted, Interval(wanted_at - AROUND, wanted_at + AROUND), now)
    if isinstance(found, UnknownServiceType):
        return []
    return sorted(found, key=lambda slot: abs(slot.visit.starts_at - wanted_at))[:OTHERS]


async def zone_of(tx: AsyncConnection, portal_id: str) -> ZoneInfo:
    """Read the time zone of a portal, which its working hours are told in."""
    return ZoneInfo(await portals.time_zone_of(tx, portal_id))


async def workers_of(
    tx: AsyncConnection, portal_id: str, within: Interval, now: datetime, but_of: Sequence[str]
) -> list[Worker]:
    """Read who of a portal works at all, with what is taken of their time from a day before to a day after.

    `but_of` are ids of holds and bookings whose time does not count.
    """
    everybody = [one.id for one in await resources.list_resources(tx, portal_id) if one.active]
    hours = await _hours(tx, everybody)
    working = [resource_id for resource_id in everybody if hours[resource_id]]
    taken = await reservations.taken(tx, working, days_around(within), now, but_of=but_of)
    return [Worker(resource_id=one, hours=hours[one], taken=taken[one]) for one in working]


def days_around(within: Interval) -> Interval:
    """Tell the time in which somebody's reservations say how busy they are: a day more on each side."""
    return Interval(within.starts_at - timedelta(days=1), within.ends_at + timedelta(days=1))


async def _hours(tx: AsyncConnection, resource_ids: Sequence[str]) -> dict[str, list[DailyHours]]:
    found: dict[str, list[DailyHours]] = {resource_id: [] for resource_id in resource_ids}
    for row in await working_hours.of_resources(tx, resource_ids):
        found[row.resource_id].append(DailyHours(row.weekday, row.starts_s, row.ends_s))
    return found


def _slot(wanted: Wanted, free: FreeSlot, now: datetime) -> OfferedSlot:
    return OfferedSlot(
        portal_id=wanted.portal_id,
        service_type_id=wanted.service_type_id,
        visit=free.visit,
        window=promised(free.visit),
        place=wanted.place,
        location_id=wanted.location_id,
        offered_until=now + OFFERED_FOR,
        resource_id=free.resource_id,
    )
