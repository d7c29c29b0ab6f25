"""Crossings: that technicians approached, arrived at and left their customers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.geofence import Crossing, CrossingKind
from hub.store import events, rows
from hub.store.tables import booking, crossing, work_order

EVENT_KIND = "visit.crossed"
ACTOR = "geofence"


class OpenArrival(msgspec.Struct, frozen=True, kw_only=True):
    """That a technician has arrived somewhere, while nobody has said so yet."""

    booking_id: str
    set_off_at: datetime
    at: datetime


async def insert_crossings(tx: AsyncConnection, crossings: Iterable[Crossing], now: datetime) -> None:
    """Keep crossings, each with its event; known ones are left as they are, those of unknown bookings forgotten."""
    for crossed in crossings:
        portal = select(work_order.c.portal_id).join(booking).where(booking.c.id == crossed.booking_id)
        portal_id = (await tx.execute(portal)).scalar_one_or_none()
        if portal_id is None or await _known(tx, crossed):
            continue
        await rows.insert(tx, crossing, [crossed])
        await events.append(
            tx,
            portal_id=portal_id,
            at=now,
            kind=EVENT_KIND,
            booking_id=crossed.booking_id,
            actor=ACTOR,
            data=_event_data(crossed.kind, crossed.at),
        )


async def open_arrivals(tx: AsyncConnection, resource_id: str | None = None) -> list[OpenArrival]:
    """Read arrivals of the current way of visits still `traveling` that nobody has answered, oldest first."""
    query = (
        select(crossing.c.booking_id, crossing.c.set_off_at, crossing.c.at)
        .join(booking, booking.c.id == crossing.c.booking_id)
        .where(
            crossing.c.kind == CrossingKind.ARRIVED,
            crossing.c.answered_at.is_(None),
            booking.c.status == BookingStatus.TRAVELING,
            booking.c.traveling_at == crossing.c.set_off_at,
        )
        .order_by(crossing.c.at, crossing.c.booking_id)
    )
    if resource_id is not None:
        query = query.where(booking.c.resource_id == resource_id)
    return await rows.find_all(tx, OpenArrival, query)


async def told_at(tx: AsyncConnection, arrival: OpenArrival) -> datetime:
    """Tell when the hub heard of an arrival: a phone may have been offline when it happened."""
    for told in reversed(await events.of_booking(tx, arrival.booking_id)):
        if told.kind == EVENT_KIND and told.data == _event_data(CrossingKind.ARRIVED, arrival.at):
            return told.at
    return arrival.at


async def believe(tx: AsyncConnection, arrival: OpenArrival, now: datetime) -> bool:
    """Answer an arrival in the technician's place; tell whether it was still open. Its booking must be locked."""
    way = select(booking.c.id).where(
        booking.c.id == arrival.booking_id,
        booking.c.status == BookingStatus.TRAVELING,
        booking.c.traveling_at == arrival.set_off_at,
    )
    change = update(crossing).where(
        crossing.c.booking_id.in_(way),
        crossing.c.set_off_at == arrival.set_off_at,
        crossing.c.kind == CrossingKind.ARRIVED,
        crossing.c.answered_at.is_(None),
    )
    return (await tx.execute(change.values(answered_at=now))).rowcount == 1


async def answer_arrival(tx: AsyncConnection, booking_id: str, now: datetime) -> None:
    """Note that the technician has said yes or no to the arrivals at this visit: they are not asked about again."""
    change = update(crossing).where(
        crossing.c.booking_id == booking_id,
        crossing.c.kind == CrossingKind.ARRIVED,
        crossing.c.answered_at.is_(None),
    )
    await tx.execute(change.values(answered_at=now))


async def of_booking(tx: AsyncConnection, booking_id: str) -> list[Crossing]:
    """Read a booking's crossings, oldest first."""
    columns = [crossing.c[name] for name in Crossing.__struct_fields__]
    query = select(*columns).where(crossing.c.booking_id == booking_id)
    found = await tx.execute(query.order_by(crossing.c.at, crossing.c.kind))
    return [Crossing(row.booking_id, row.set_off_at, CrossingKind(row.kind), row.at) for row in found]


async def _known(tx: AsyncConnection, crossed: Crossing) -> bool:
    query = select(crossing.c.at).where(
        crossing.c.booking_id == crossed.booking_id,
        crossing.c.set_off_at == crossed.set_off_at,
        crossing.c.kind == crossed.kind,
    )
    return (await tx.execute(query)).first() is not None


def _event_data(kind: CrossingKind, at: datetime) -> dict[str, str]:
    return {"crossing": str(kind), "at": at.isoformat()}
