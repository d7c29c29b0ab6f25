"""Import visits that are planned already: each takes its time in the one way that bookings do."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.directory.import_files import Fault, VisitRow
from hub.domain.directory.visits import PlannedVisit, read_start
from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.misfit import Misfit
from hub.domain.travel_times import TravelTimes
from hub.services.choose_team import Asked, InTheWay
from hub.services.place_booking import Placement, place_booking
from hub.services.plan_import import fault_at
from hub.services.promise import promised_window
from hub.services.scene import Wanted
from hub.services.travel_matrix import TravelMatrix
from hub.store import accounts, bookings, reservations, resources, service_types, work_orders
from hub.store.ids import ALPHABET
from hub.store.work_orders import WorkOrder

EVENT_KIND = "booking.created"
ACTOR = "import"


async def learn_drives(roads: TravelMatrix, places: Iterable[Point], bases: Iterable[Point]) -> None:
    """Ask the router, before the transaction begins, for the drives between places, and from and to bases.

    Each visit is then judged by what a router told, also of the ways between visits that are imported together.
    """
    travel = TravelTimes()
    visited, started = ({travel.number(point) for point in points} for points in (places, bases))
    between = [leg for leg in product(visited, visited) if leg[0] != leg[1]]
    await roads.learn(travel, [*between, *product(started, visited), *product(visited, started)])


async def import_visits(
    tx: AsyncConnection, portal_id: str, rows: Sequence[VisitRow], now: datetime
) -> tuple[dict[str, int], list[Fault]]:
    """Book visits, without telling anybody; a row that was imported before changes nothing."""
    counts, faults = Counter(new=0, changed=0, unchanged=0), []
    if rows:  # all at once, in the order in which everybody locks: one row after the other could wait in a circle
        await reservations.lock_resources(tx, [one.id for one in await resources.working(tx, portal_id)])
    for row in rows:
        outcome = await _import(tx, portal_id, row.visit, now)
        if isinstance(outcome, Misfit):
            faults.append(fault_at(row.line, outcome))
        else:
            counts[outcome] += 1
    return dict(counts), faults


async def _import(tx: AsyncConnection, portal_id: str, visit: PlannedVisit, now: datetime) -> str | Misfit:
    order = await _order(tx, portal_id, visit)
    if isinstance(order, Misfit):
        return order
    location = await accounts.get_location(tx, portal_id, visit.location)
    service = await service_types.get_service_type(tx, visit.service_type)
    if location is None or service is None:
        raise RuntimeError("what a planned visit names was found before")
    zone = ZoneInfo(location.time_zone)
    starts_at = read_start(visit.starts_at, zone)
    if starts_at is None:
        return Misfit("starts_at", "expected a time such as 2026-12-01 08:00 or 2026-12-01T08:00:00+02:00")
    if await work_orders.get_work_order(tx, order.id):
        known = await bookings.starts_of(tx, order.id)
        return "unchanged" if starts_at in known else Misfit("starts_at", "is booked for another time already")
    if starts_at <= now:
        return Misfit("starts_at", "lies in the past")
    await work_orders.insert_work_orders(tx, [order])
    placement = Placement(
        asked=Asked(
            wanted=Wanted(
                portal_id=portal_id,
                service_type_id=service.id,
                place=Point(location.lat, location.lon),
                location_id=location.id,
                account_id=location.account_id,
            ),
            visit=Interval(starts_at, starts_at + timedelta(seconds=service.duration_s)),
            team=(visit.resource,) if visit.resource else (),
        ),
        window=promised_window(service, starts_at, zone),
        of=order.id,
        event=EVENT_KIND,
        actor=ACTOR,
    )
    placed = await place_booking(tx, placement, now)
    if isinstance(placed, InTheWay):
        return Misfit("starts_at", " ".join(placed.conflicts) or "nobody can come then")
    return "new"


async def _order(tx: AsyncConnection, portal_id: str, visit: PlannedVisit) -> WorkOrder | Misfit:
    location = await accounts.get_location(tx, portal_id, visit.location)
    if location is None:
        return Misfit("location", "there is no such location")
    people = await accounts.contacts_of(tx, location.account_id)
    contact_id = visit.contact or (people[0] if len(people) == 1 else None)
    if contact_id is None:
        return Misfit("contact", f"needed: the account has {len(people)} contacts")
    if contact_id not in people:
        return Misfit("contact", "belongs to another account than the location")
    asset = await accounts.get_asset(tx, portal_id, visit.asset) if visit.asset else None
    if asset is not None and asset.account_id != location.account_id:
        return Misfit("asset", "belongs to another account than the location")
    return WorkOrder(
        id=_id_of(portal_id, visit.external_id or ""),
        portal_id=portal_id,
        account_id=location.account_id,
        contact_id=contact_id,
        location_id=location.id,
        service_type_id=visit.service_type,
        notes=visit.notes,
        asset_id=visit.asset,
    )


def _id_of(portal_id: str, external_id: str) -> str:
    """Give the id that a work order of another system has here: the same one whenever it is imported."""
    number = int.from_bytes(hashlib.sha256(f"{portal_id}\n{external_id}".encode()).digest()[:17])
    return "wo_" + "".join(ALPHABET[number >> shift & 31] for shift in range(0, 130, 5))
