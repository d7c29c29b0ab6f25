"""Hold a slot for a while, so that nobody is faster while somebody types."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.exc import IntegrityError

from hub.domain.slot_ids import Slot
from hub.domain.slots import protected
from hub.services.find_slots import can_be_kept, find_others, wanted_by
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
    time = protected(slot.time.visit)
    made = reservations.Reservation(
        id=new_id("ho"),
        resource_id=slot.time.resource_id,
        protected_from=time.starts_at,
        protected_to=time.ends_at,
        kind="hold",
        slot=msgspec.to_builtins(slot_as_held(slot)),
        expires_at=now + HOLD_FOR,
    )
    try:
        async with db.write() as tx:
            await reservations.lock_resources(tx, [made.resource_id])
            await reservations.forget_expired(tx, made.resource_id, now)
            kept = await can_be_kept(tx, slot.portal_id, slot.time, now)
            if kept:
                await reservations.insert(tx, made)
    except IntegrityError as fault:
        if not reservations.is_overlap(fault):
            raise
        kept = False
    if not kept:
        return SlotTaken(await find_others(db, wanted_by(slot), slot.time.visit.starts_at, now))
    return Held(id=made.id, expires_at=now + HOLD_FOR)


class HeldSlot(msgspec.Struct, frozen=True):
    """A slot as a hold's row keeps it."""

    slot: Slot


def slot_as_held(slot: Slot) -> HeldSlot:
    """Wrap a slot for a JSON column, which wants an object."""
    return HeldSlot(slot)


def held_slot(hold: reservations.Reservation) -> Slot:
    """Read what a hold holds."""
    return msgspec.convert(hold.slot, HeldSlot).slot
