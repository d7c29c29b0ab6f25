"""Hold a slot for a while, so that nobody is faster while somebody types."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.slot_ids import Slot
from hub.domain.slots import protected
from hub.services.choose_technician import choose_technician
from hub.services.find_slots import find_others, wanted_by
from hub.services.outcomes import SlotTaken
from hub.store import reservations
from hub.store.database import Database
from hub.store.ids import new_id

HOLD_FOR = timedelta(minutes=5)
"""The contract's default."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The slot is kept free until then."""

    id: str
    expires_at: datetime


async def hold_slot(db: Database, slot: Slot, now: datetime) -> Held | SlotTaken:
    """Hold a slot."""
    hold_id = None
    with reservations.unless_overlapping():
        async with db.write() as tx:
            hold_id = await _hold(tx, slot, now)
    if hold_id is None:
        return SlotTaken(await find_others(db, wanted_by(slot), slot.visit.starts_at, now))
    return Held(id=hold_id, expires_at=now + HOLD_FOR)


async def _hold(tx: AsyncConnection, slot: Slot, now: datetime) -> str | None:
    resource_id = await choose_technician(tx, slot.portal_id, slot.visit, now)
    if resource_id is None:
        return None
    time = protected(slot.visit)
    made = reservations.Reservation(
        id=new_id("ho"),
        resource_id=resource_id,
        protected_from=time.starts_at,
        protected_to=time.ends_at,
        kind="hold",
        slot=msgspec.to_builtins(HeldSlot(slot)),
        expires_at=now + HOLD_FOR,
    )
    await reservations.insert(tx, made)
    return made.id


class HeldSlot(msgspec.Struct, frozen=True):
    """A slot as a hold's row keeps it: a JSON column wants an object."""

    slot: Slot


def held_slot(hold: reservations.Reservation) -> Slot:
    """Read what a hold holds."""
    return msgspec.convert(hold.slot, HeldSlot).slot
