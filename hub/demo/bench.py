"""Technicians under way whom nobody drives, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.demo import people
from hub.demo.anchor import Anchor
from hub.demo.directory import new_ids
from hub.demo.visit_rows import Customers, Visit, insert_visits
from hub.domain.booking_status import BookingStatus
from hub.domain.live_messages import Window
from hub.store import resources
from hub.store.tables import booking

STARTS_AFTER, VISIT = timedelta(minutes=10), timedelta(minutes=30)
_APART = 7
"""A technician's base is the customer so many further on, so that there is a drive."""


async def ensure_bench(
    tx: AsyncConnection, portal_id: str, anchor: Anchor, customers: Customers, count: int, now: datetime
) -> Anchor:
    """Have at least `count` such technicians, each with a visit in `traveling` that starts soon."""
    numbers = range(len(anchor.bench), count)
    made = new_ids("re", len(numbers))
    technicians = [
        _technician(portal_id, id_, number, customers, anchor) for id_, number in zip(made, numbers, strict=True)
    ]
    await resources.insert_resources(tx, technicians)
    anchor = msgspec.structs.replace(anchor, bench=[*anchor.bench, *made])
    await _renew(tx, anchor.bench, now)
    travel = {row.resource_id for row in await tx.execute(_traveling(anchor.bench))}
    missing = [_visit(anchor, id_, number, now) for number, id_ in enumerate(anchor.bench) if id_ not in travel]
    await insert_visits(tx, portal_id, customers, missing, now)
    return anchor


def _technician(portal_id: str, id_: str, number: int, customers: Customers, anchor: Anchor) -> resources.Resource:
    base = customers.locations[anchor.locations[(number + _APART) % len(anchor.locations)]]
    return resources.Resource(
        id=id_,
        portal_id=portal_id,
        name=f"Bench {number + 1:03}",
        phone=people.technician_phone(number),
        base_lat=base.lat,
        base_lon=base.lon,
    )


def _visit(anchor: Anchor, resource_id: str, number: int, now: datetime) -> Visit:
    starts_at = now + STARTS_AFTER
    return Visit(
        resource_id=resource_id,
        location_id=anchor.locations[number % len(anchor.locations)],
        service_type_id=anchor.service_types[number % len(anchor.service_types)],
        status=BookingStatus.TRAVELING,
        starts_at=starts_at,
        ends_at=starts_at + VISIT,
        window=Window(starts_at, starts_at + VISIT),
        traveling_at=now,
    )


async def _renew(tx: AsyncConnection, bench: Sequence[str], now: datetime) -> None:
    """Move visits that should have started by now ahead again."""
    starts_at = now + STARTS_AFTER
    await tx.execute(
        update(booking)
        .where(
            booking.c.resource_id.in_(bench),
            booking.c.status == BookingStatus.TRAVELING,
            booking.c.starts_at <= now,
        )
        .values(
            starts_at=starts_at,
            ends_at=starts_at + VISIT,
            window_earliest=starts_at,
            window_latest=starts_at + VISIT,
            version=booking.c.version + 1,
            updated_at=now,
        )
    )


def _traveling(bench: Sequence[str]) -> Select[tuple[str]]:
    return select(booking.c.resource_id).where(
        booking.c.resource_id.in_(bench), booking.c.status == BookingStatus.TRAVELING
    )
