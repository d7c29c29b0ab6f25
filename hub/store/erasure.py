"""What SQL knows of one technician, and its removal. Customers' bookings stay and name nobody any more."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import ENDED
from hub.store.crossings import EVENT_KIND
from hub.store.eta_models import forget_technician
from hub.store.tables import (
    booking,
    crew_member,
    crossing,
    device,
    enrolment,
    eta_prediction,
    eta_score,
    event,
    preference,
    resource,
    resource_characteristic,
    resource_territory,
    session,
    time_off,
    track_import,
    track_point,
    working_hours,
)

ERASED_NAME = "(erased)"


class Traces(msgspec.Struct, frozen=True):
    """Where to look for traces of a technician."""

    name: str
    portal_id: str
    device_ids: list[str]
    booking_ids: list[str]
    open_visits: int
    """Visits that are not over and will need somebody else."""


async def traces_of(tx: AsyncConnection, resource_id: str) -> Traces | None:
    """Find a technician's traces; None where there is no such technician."""
    found = (
        await tx.execute(select(resource.c.name, resource.c.portal_id).where(resource.c.id == resource_id))
    ).one_or_none()
    if found is None:
        return None
    device_ids = list((await tx.execute(select(device.c.id).where(device.c.resource_id == resource_id))).scalars())
    of_bookings = await tx.execute(select(booking.c.id, booking.c.status).where(booking.c.resource_id == resource_id))
    bookings = of_bookings.all()
    still_open = sum(row.status not in ENDED for row in bookings)
    return Traces(found.name, found.portal_id, device_ids, [row.id for row in bookings], still_open)


async def count_points(tx: AsyncConnection, resource_id: str) -> int:
    """Count the points of a technician's track."""
    query = select(func.count()).select_from(track_point).where(track_point.c.resource_id == resource_id)
    return int((await tx.execute(query)).scalar_one())


async def shut_out(tx: AsyncConnection, resource_id: str, now: datetime) -> None:
    """Let nothing new come of a technician: devices and links are revoked, sessions end, nobody plans with them."""
    mine = device.c.resource_id == resource_id
    await tx.execute(update(device).where(mine).values(revoked_at=func.coalesce(device.c.revoked_at, now)))
    open_ones = update(session).where(session.c.resource_id == resource_id, session.c.ended_at.is_(None))
    await tx.execute(open_ones.values(ended_at=now))
    links = update(enrolment).where(enrolment.c.resource_id == resource_id)
    await tx.execute(links.values(revoked_at=func.coalesce(enrolment.c.revoked_at, now)))
    await tx.execute(update(resource).where(resource.c.id == resource_id).values(active=False))


async def erase_person(tx: AsyncConnection, resource_id: str) -> None:
    """Erase all but the track: who they are, phones, hours, absences, skills, crossings, arrivals, distances."""
    of_bookings = select(booking.c.id).where(booking.c.resource_id == resource_id)
    await tx.execute(delete(crossing).where(crossing.c.booking_id.in_(of_bookings)))
    await tx.execute(delete(event).where(event.c.kind == EVENT_KIND, event.c.booking_id.in_(of_bookings)))
    measured = update(booking).where(booking.c.resource_id == resource_id)
    await tx.execute(measured.values(travel_distance_m=None, travel_bridged_m=None, travel_s=None, travel_points=0))
    for table in (
        eta_prediction,
        eta_score,
        track_import,
        session,
        device,
        enrolment,
        working_hours,
        time_off,
        resource_territory,
        resource_characteristic,
        crew_member,
        preference,
    ):
        await tx.execute(delete(table).where(table.c.resource_id == resource_id))
    await forget_technician(tx, resource_id)
    person = update(resource).where(resource.c.id == resource_id)
    unknown = {"phone": None, "photo_url": None, "external_id": None, "base_lat": 0.0, "base_lon": 0.0}
    await tx.execute(person.values(name=ERASED_NAME, **unknown))
