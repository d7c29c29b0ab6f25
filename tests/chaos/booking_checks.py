"""Read a database after a storm of bookings, and list whatever should not be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import msgspec
from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point
from hub.domain.travel_times import guessed_s
from hub.store.reservations import HeldSlot
from hub.store.tables import (
    booking,
    booking_resource,
    event,
    link,
    location,
    message,
    reservation,
    resource,
    service_role,
    service_type,
    work_order,
)
from tests.chaos.booking_hammer import Said

KINDS = {
    "booking.created": "booked",
    "booking.rescheduled": "rescheduled",
    "booking.undone": "undone",
    "booking.status_changed": "canceled",
    "booking.reassigned": None,
}
"""Which event tells the contact what."""


ROUNDING = timedelta(seconds=1)


class Rows:
    """All rows, by what they belong to."""

    def __init__(self, tables: dict[str, Sequence[Row[Any]]]) -> None:
        self.bookings = tables["booking"]
        self.reservations = tables["reservation"]
        self.orders = {row.id: row for row in tables["work_order"]}
        self.roles = Counter(row.service_type_id for row in tables["service_role"])
        self.services = {row.id: row for row in tables["service_type"]}
        self.resources = {row.id: row for row in tables["resource"]}
        self._bookings = {row.id: row for row in self.bookings}
        self._locations = {row.id: row for row in tables["location"]}
        self.teams = _grouped(tables["booking_resource"])
        self.events = _grouped(tables["event"])
        self.messages = _grouped(tables["message"])
        self.links = _grouped(tables["link"])
        self.held = _grouped(row for row in self.reservations if row.booking_id)

    def visit_of(self, row: Row[Any]) -> tuple[datetime, Point]:
        """Tell when and where the visit of a reservation is."""
        if row.booking_id is None:
            slot = msgspec.convert(row.slot, HeldSlot).slot
            return slot.visit.starts_at, slot.place
        known = self._bookings[row.booking_id]
        where = self._locations[self.orders[known.work_order_id].location_id]
        return known.starts_at, Point(where.lat, where.lon)


async def read_rows(tx: AsyncConnection) -> Rows:
    """Read everything that the checks look at."""
    tables: tuple[Table, ...] = (
        booking,
        booking_resource,
        event,
        link,
        location,
        message,
        reservation,
        resource,
        service_role,
        service_type,
        work_order,
    )
    return Rows({table.name: (await tx.execute(select(table))).all() for table in tables})


def faults_in(rows: Rows, said: Sequence[Said], now: datetime) -> list[str]:
    """List all faults."""
    return [
        *_overlaps(rows),
        *_ways(rows),
        *_half_bookings(rows),
        *_untold(rows),
        *_half_holds(rows, now),
        *_lost(rows, said),
    ]


def _overlaps(rows: Rows) -> Iterator[str]:
    """Find protected times of one resource that overlap, but for those that were overridden knowingly."""
    by_resource = defaultdict(list)
    for row in rows.reservations:
        if not row.override:
            by_resource[row.resource_id].append(row)
    for theirs in by_resource.values():
        for one, other in combinations(theirs, 2):
            if one.protected_from < other.protected_to and other.protected_from < one.protected_to:
                yield f"{one.booking_id or one.hold_id} and {other.booking_id or other.hold_id} overlap"


def _ways(rows: Rows) -> Iterator[str]:
    """Work out again when each way must begin: from the visit before, or the base; there is no router in this test."""
    by_resource = defaultdict(list)
    for row in rows.reservations:
        starts_at, place = rows.visit_of(row)
        by_resource[row.resource_id].append((starts_at, place, row))
    for resource_id, theirs in by_resource.items():
        theirs.sort(key=lambda one: one[0])
        day = [f"{at:%H:%M} {row.booking_id or row.hold_id} {'knowing' * row.override}" for at, _, row in theirs]
        base = rows.resources[resource_id]
        before, free_at, knowing = Point(base.base_lat, base.base_lon), None, False
        for starts_at, place, row in theirs:
            leaves_at = starts_at - timedelta(seconds=guessed_s(before, place))
            # Around a knowing override people cannot be where they are planned, so no way there is as it should be.
            if not (row.override or knowing):
                if abs(leaves_at - row.protected_from) > ROUNDING:
                    yield f"the way at {starts_at} begins {row.protected_from}, not {leaves_at}: {day}"
                if free_at is not None and leaves_at < free_at - ROUNDING:
                    yield f"nobody can be there in time at {starts_at}: {day}"
            before, free_at, knowing = place, row.protected_to, row.override


def _half_bookings(rows: Rows) -> Iterator[str]:
    for row in rows.bookings:
        team = {one.resource_id for one in rows.teams[row.id]}
        holds, order = rows.held[row.id], rows.orders.get(row.work_order_id)
        if order is None:
            yield f"{row.id} has no work order"
            continue
        if row.resource_id not in team:
            yield f"{row.id}: the lead is not among who comes"
        if {one.scope for one in rows.links[row.id]} != {"track", "manage"}:
            yield f"{row.id}: links"
        if row.status == "canceled" and holds:
            yield f"{row.id} is canceled and takes time"
        if row.status == "scheduled" and sorted(one.resource_id for one in holds) != sorted(team):
            yield f"{row.id} is scheduled and takes the time of {len(holds)} of {len(team)}"
        buffer = timedelta(seconds=rows.services[order.service_type_id].buffer_s)
        for one in holds:
            if one.protected_from > row.starts_at or one.protected_to != row.ends_at + buffer:
                yield f"{row.id}: {one.protected_from} to {one.protected_to} is kept for {row.starts_at}"
    for order in rows.orders.values():
        statuses = {row.status for row in rows.bookings if row.work_order_id == order.id}
        if order.status != ("scheduled" if "scheduled" in statuses else "canceled"):
            yield f"work order {order.id} is {order.status} with visits that are {statuses}"


def _untold(rows: Rows) -> Iterator[str]:
    """Compare each booking with its history and its messages: every change is there once, none in part."""
    for row in rows.bookings:
        happened = Counter(one.kind for one in rows.events[row.id])
        told = Counter(one.kind for one in rows.messages[row.id])
        if told != Counter({KINDS[kind]: count for kind, count in happened.items() if KINDS[kind]}):
            yield f"{row.id}: {happened} happened, {told} are in the outbox"
        if happened["booking.created"] != 1 or row.version != happened.total():
            yield f"{row.id}: version {row.version} after {happened}"
        moves = sum(count for kind, count in happened.items() if kind not in ("booking.created", "booking.reassigned"))
        if row.sequence != moves:
            yield f"{row.id}: sequence {row.sequence} after {happened}"
        planned = [one.data for one in rows.events[row.id] if "starts_at" in one.data]
        team = sorted(one.resource_id for one in rows.teams[row.id])
        if not any(
            datetime.fromisoformat(data["starts_at"]) == row.starts_at and sorted(data["resources"]) == team
            for data in planned
        ):
            yield f"{row.id}: no event put it where it is"


def _half_holds(rows: Rows, now: datetime) -> Iterator[str]:
    by_hold = defaultdict(list)
    for row in rows.reservations:
        if row.hold_id:
            by_hold[row.hold_id].append(row)
    for hold_id, theirs in by_hold.items():
        needed = rows.roles[msgspec.convert(theirs[0].slot, HeldSlot).slot.service_type_id]
        if len(theirs) < max(1, needed):  # a crew keeps its own time beside that of its members
            yield f"hold {hold_id} keeps the time of {len(theirs)} of {needed}"
        if len({(one.expires_at, str(one.slot)) for one in theirs}) != 1:
            yield f"hold {hold_id} is not the same for all"
        if theirs[0].booking_id or theirs[0].expires_at > now + timedelta(minutes=10):
            yield f"hold {hold_id} lasts too long"


def _lost(rows: Rows, said: Sequence[Said]) -> Iterator[str]:
    """Find what somebody was told and is not there."""
    happened = {(one.booking_id, one.actor) for theirs in rows.events.values() for one in theirs}
    for one in said:
        if one.what.startswith("fault"):
            yield one.what
        elif (
            one.what not in ("refused", "away")
            and (one.id, one.actor) not in happened
            and not _changed_nothing(one, rows)
        ):
            yield f"{one.what} {one.id} by {one.actor} is lost"
    known = {one.booking_id for theirs in rows.events.values() for one in theirs if one.data.get("override")}
    for row in rows.reservations:
        if row.override and (row.booking_id not in known or not row.override_reason):
            yield f"{row.booking_id} overlaps without anybody's reason"


def _changed_nothing(one: Said, rows: Rows) -> bool:
    """Tell whether a visit may have been put where it was: that is answered like a move, and is no event."""
    return one.what in ("moved", "dragged")


def _grouped(found: Any) -> defaultdict[str, list[Any]]:
    grouped: defaultdict[str, list[Any]] = defaultdict(list)
    for row in found:
        grouped[row.booking_id].append(row)
    return grouped
