"""Hold a slot for a while, so that nobody is faster while somebody types."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.slot_ids import Slot
from hub.services.choose_team import Asked, InTheWay, Part, choose_team, look_ahead
from hub.services.find_slots import find_others, wanted_by
from hub.services.outcomes import HoldGone, SlotTaken
from hub.services.place_booking import give_back, keep_time
from hub.services.travel_matrix import TravelMatrix
from hub.store import reservations
from hub.store.database import Database
from hub.store.ids import new_id
from hub.store.reservations import HeldSlot, Reservation

HOLD_FOR = timedelta(minutes=5)
"""The contract's default; extended once, twice as long in all."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The slot is kept free until then."""

    id: str
    expires_at: datetime


class ExtendedBefore(msgspec.Struct, frozen=True):
    """A hold is extended once."""


class LiveHold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold that has not expired."""

    slot: Slot
    extended: bool
    team: tuple[str, ...]
    """Whose time it keeps."""
    expires_at: datetime


async def hold_slot(db: Database, slot: Slot, now: datetime, *, roads: TravelMatrix | None = None) -> Held | SlotTaken:
    """Hold a slot."""
    asked = await look_ahead(db, roads, Asked(wanted=wanted_by(slot), visit=slot.visit), now)
    held = None
    with reservations.unless_overlapping():
        async with db.write() as tx:
            held = await _hold(tx, slot, asked, now)
    if held is None:
        return SlotTaken(await find_others(db, wanted_by(slot), slot.visit.starts_at, now, roads=roads))
    return held


async def extend_hold(db: Database, hold_id: str, now: datetime) -> Held | ExtendedBefore | HoldGone:
    """Let a hold last as long once more."""
    async with db.write() as tx:
        hold = await find_hold(tx, hold_id, now)
        if hold is None:
            return HoldGone(hold_id)
        await reservations.lock_resources(tx, hold.team)
        hold = await find_hold(tx, hold_id, now)  # as it is now that nobody else can change it
        if hold is None:
            return HoldGone(hold_id)
        if hold.extended:
            return ExtendedBefore()
        expires_at = hold.expires_at + HOLD_FOR
        await reservations.keep_until(tx, hold_id, HeldSlot(slot=hold.slot, extended=True), expires_at)
    return Held(id=hold_id, expires_at=expires_at)


async def let_go(db: Database, hold_id: str, now: datetime) -> bool:
    """Give up a hold; tell whether there was one."""
    async with db.write() as tx:
        hold = await find_hold(tx, hold_id, now)
        return hold is not None and await give_back(tx, wanted_by(hold.slot), hold_id, now)


async def find_hold(tx: AsyncConnection, hold_id: str, now: datetime) -> LiveHold | None:
    """Read a hold; None for one that has expired or been used."""
    rows = [row for row in await reservations.of_holder(tx, hold_id) if row.hold_id]
    if not rows or rows[0].expires_at is None or rows[0].expires_at <= now:
        return None
    held = reservations.held_slot(rows[0])
    team = tuple(row.resource_id for row in rows)
    return LiveHold(slot=held.slot, extended=held.extended, team=team, expires_at=rows[0].expires_at)


async def _hold(tx: AsyncConnection, slot: Slot, asked: Asked, now: datetime) -> Held | None:
    team = await choose_team(tx, asked, now)
    if isinstance(team, InTheWay):
        return None
    held = Held(id=new_id("ho"), expires_at=now + HOLD_FOR)

    def keep(part: Part) -> Reservation:
        return reservations.of_hold(held.id, part.resource_id, part.protected, HeldSlot(slot=slot), held.expires_at)

    await keep_time(tx, asked, team, keep)
    return held
