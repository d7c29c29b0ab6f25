"""A technician's day, as their page and its script see it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from hub.domain.booking_status import BookingStatus
from hub.domain.technician_day import local_days
from hub.store import day_visits
from hub.store.day_visits import DayVisit
from hub.store.sessions import TechnicianSession
from hub.web.credentials import services_of

DAYS = 2
"""Today and tomorrow."""


async def read_day(tx: AsyncConnection, technician: TechnicianSession, now: datetime) -> list[DayVisit]:
    """Read the visits of today and tomorrow, without canceled ones."""
    since, before = local_days(now, ZoneInfo(technician.time_zone), DAYS)
    visits = await day_visits.of_technician(tx, technician.resource_id, since, before)
    return [visit for visit in visits if visit.status is not BookingStatus.CANCELED]


def mark_of(visits: Sequence[DayVisit], technician: TechnicianSession, now: datetime) -> str:
    """Name what a page shows: another name, and it is out of date."""
    today = now.astimezone(ZoneInfo(technician.time_zone)).date()
    return hashlib.blake2b(msgspec.json.encode((today, visits)), digest_size=8).hexdigest()


async def own_visit(request: Request, technician: TechnicianSession) -> DayVisit | None:
    """Find the visit in the path; None where it is nobody's or another's."""
    booking_id = request.path_params["booking_id"]
    if "\x00" in booking_id:  # no id holds one, and PostgreSQL refuses to look for it
        return None
    async with services_of(request).database.read() as tx:
        return await day_visits.get(tx, technician.resource_id, booking_id)
