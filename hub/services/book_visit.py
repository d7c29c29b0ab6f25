"""Book a visit: look again under the lock, then write the booking with all that belongs to it, or name other slots."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.messages import MessageKind
from hub.domain.slot_ids import Slot
from hub.domain.slots import protected
from hub.domain.tokens import link_token, token_hash
from hub.services.choose_technician import choose_technician
from hub.services.customers import Contact, Customer, Place, find_or_make_customer
from hub.services.find_slots import find_others, wanted_by
from hub.services.outcomes import Misfit, SlotTaken
from hub.services.tell_contact import tell_contact
from hub.store import bookings, events, links, reservations, stored_answers, work_orders
from hub.store.database import Database
from hub.store.ids import new_id

EVENT_KIND = "booking.created"
LINKS_LAST = timedelta(days=30)
"""How long after the visit its links open."""


class NewVisit(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody books."""

    slot: Slot
    hold_id: str | None
    """The hold whose slot this is."""
    contact: Contact | str
    location: Place | str
    notes: str
    actor: str
    claim: bytes | None = None
    """The claimed `Idempotency-Key` that this booking belongs to."""


class BookedLink(msgspec.Struct, frozen=True):
    """A link to the new booking; `token` goes into its URL."""

    id: str
    token: str


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """It is booked, and a message to the contact is on its way."""

    booking_id: str
    track: BookedLink
    manage: BookedLink


async def book_visit(db: Database, secret: bytes, new: NewVisit, now: datetime) -> Booked | SlotTaken | Misfit:
    """Book a slot. Booking, work order, reservation, links, event and message commit together."""
    slot = new.slot
    outcome = None
    with reservations.unless_overlapping():  # the constraint behind the second look
        async with db.write() as tx:
            outcome = await _book(tx, secret, new, now)
    if outcome is None:
        return SlotTaken(await find_others(db, wanted_by(slot), slot.visit.starts_at, now))
    return outcome


async def _book(tx: AsyncConnection, secret: bytes, new: NewVisit, now: datetime) -> Booked | Misfit | None:
    """Book in a transaction; None where the slot is taken."""
    slot = new.slot
    but_of = [new.hold_id] if new.hold_id else []
    prefer = await reservations.resource_of(tx, new.hold_id) if new.hold_id else None
    resource_id = await choose_technician(tx, slot.portal_id, slot.visit, now, prefer=prefer, but_of=but_of)
    if resource_id is None:
        return None
    customer = await find_or_make_customer(tx, slot.portal_id, new.contact, new.location, near=slot.place)
    if isinstance(customer, Misfit):
        return customer
    if new.hold_id:
        await reservations.remove(tx, new.hold_id)
    booking_id = await _insert(tx, new, resource_id, customer, now)
    made = await _insert_links(tx, secret, booking_id, slot, now)
    await tell_contact(tx, booking_id, MessageKind.BOOKED, now=now)
    if new.claim:
        await stored_answers.refer(tx, new.claim, booking_id)
    await events.append(
        tx,
        portal_id=slot.portal_id,
        at=now,
        kind=EVENT_KIND,
        booking_id=booking_id,
        actor=new.actor,
        data={"starts_at": slot.visit.starts_at.isoformat(), "resource": resource_id},
    )
    return Booked(booking_id=booking_id, track=made[LinkScope.TRACK], manage=made[LinkScope.MANAGE])


async def _insert(tx: AsyncConnection, new: NewVisit, resource_id: str, customer: Customer, now: datetime) -> str:
    slot = new.slot
    order = work_orders.WorkOrder(
        id=new_id("wo"),
        portal_id=slot.portal_id,
        account_id=customer.location.account_id,
        contact_id=customer.contact.id,
        location_id=customer.location.id,
        service_type_id=slot.service_type_id,
        notes=new.notes,
    )
    booking = bookings.NewBooking(
        id=new_id("bk"),
        work_order_id=order.id,
        resource_id=resource_id,
        status=BookingStatus.SCHEDULED,
        starts_at=slot.visit.starts_at,
        ends_at=slot.visit.ends_at,
        window_earliest=slot.window.starts_at,
        window_latest=slot.window.ends_at,
        created_at=now,
        updated_at=now,
    )
    await work_orders.insert_work_orders(tx, [order])
    await bookings.insert_bookings(tx, [booking])
    await reservations.insert(tx, reservations.of_booking(booking.id, resource_id, protected(slot.visit)))
    return booking.id


async def _insert_links(
    tx: AsyncConnection, secret: bytes, booking_id: str, slot: Slot, now: datetime
) -> dict[LinkScope, BookedLink]:
    made: dict[LinkScope, BookedLink] = {}
    for scope in LinkScope:
        link_id = new_id("li")
        made[scope] = BookedLink(link_id, link_token(secret, link_id))
        row = links.LinkRow(
            id=link_id,
            booking_id=booking_id,
            scope=scope,
            token_hash=token_hash(made[scope].token),
            expires_at=slot.visit.ends_at + LINKS_LAST,
            created_at=now,
        )
        await links.insert_links(tx, [row])
    return made
