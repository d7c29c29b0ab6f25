"""Book a visit: for somebody new or known, at an offered, held or named time, for new work or as a follow-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.link_scope import LinkScope
from hub.domain.messages import MessageKind
from hub.domain.misfit import Misfit
from hub.domain.slot_ids import Slot
from hub.domain.tokens import link_token, token_hash
from hub.services.choose_team import Asked, InTheWay, look_ahead
from hub.services.customers import Contact, Place, find_or_make_customer, is_near
from hub.services.find_slots import find_others, wanted_by
from hub.services.hold_slot import find_hold
from hub.services.outcomes import HoldGone, SlotTaken
from hub.services.place_booking import Placement, place_booking
from hub.services.promise import promised_window
from hub.services.travel_matrix import TravelMatrix
from hub.store import accounts, links, portals, reservations, service_types, stored_answers, work_orders
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
    contact: Contact | str | None
    location: Place | str | None
    notes: str
    actor: str
    asset_id: str | None = None
    work_order_id: str | None = None
    """The work that it goes on with; then contact and location are those of the work order."""
    team: tuple[str, ...] = ()
    """Who shall come, the lead first, as staff say."""
    reason: str = ""
    override: bool = False
    """Whether they come whatever is in the way; then there is a reason."""
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


BookOutcome = Booked | SlotTaken | Misfit | HoldGone | InTheWay


async def named_slot(
    db: Database,
    portal_id: str,
    service_type_id: str,
    place: Point,
    location_id: str | None,
    *,
    starts_at: datetime,
    now: datetime,
) -> Slot | None:
    """Describe a time that staff name; None for a service type that the portal does not have."""
    async with db.read() as tx:
        service = await service_types.get_service_type(tx, service_type_id)
        zone = ZoneInfo(await portals.time_zone_of(tx, portal_id))
        if location_id and (location := await accounts.get_location(tx, portal_id, location_id)):
            zone = ZoneInfo(location.time_zone)
    if service is None or service.portal_id != portal_id:
        return None
    visit = Interval(starts_at, starts_at + timedelta(seconds=service.duration_s))
    return Slot(
        portal_id=portal_id,
        service_type_id=service_type_id,
        visit=visit,
        window=promised_window(service, starts_at, zone),
        place=place,
        location_id=location_id,
        offered_until=now,
    )


async def book_visit(
    db: Database, secret: bytes, new: NewVisit, now: datetime, *, roads: TravelMatrix | None = None
) -> BookOutcome:
    """Book a slot. Booking, work order, reservations, links, event and message commit together."""
    slot = new.slot
    async with db.read() as tx:
        hold = await find_hold(tx, new.hold_id, now) if new.hold_id else None
    if new.hold_id and hold is None:
        return HoldGone(new.hold_id)
    asked = Asked(
        wanted=wanted_by(slot),
        visit=slot.visit,
        prefer=hold.team if hold else (),
        team=new.team,
        override=new.reason if new.override else None,
        hold_id=new.hold_id,
    )
    asked = await look_ahead(db, roads, asked, now)
    refused: Misfit | InTheWay = InTheWay()
    try:
        with reservations.unless_overlapping():  # the constraint behind the second look
            async with db.write() as tx:
                return await _book(tx, secret, new, asked, now)
    except _Refused as fault:
        refused = fault.why
    if isinstance(refused, InTheWay) and not new.team:
        return SlotTaken(await find_others(db, wanted_by(slot), slot.visit.starts_at, now, roads=roads))
    return refused


class _Refused(Exception):
    def __init__(self, why: Misfit | InTheWay) -> None:
        super().__init__()
        self.why = why


async def _book(tx: AsyncConnection, secret: bytes, new: NewVisit, asked: Asked, now: datetime) -> Booked:
    order = await (_known_order(tx, new) if new.work_order_id else _make_order(tx, new))
    if isinstance(order, Misfit):
        raise _Refused(order)
    place = Placement(
        asked=asked,
        window=new.slot.window,
        of=order.id,
        event=EVENT_KIND,
        actor=new.actor,
        tells=MessageKind.BOOKED,
        reason=new.reason,
    )
    placed = await place_booking(tx, place, now)
    if isinstance(placed, InTheWay):
        raise _Refused(placed)
    made = await _insert_links(tx, secret, placed.booking_id, new.slot, now)
    if new.claim:
        await stored_answers.refer(tx, new.claim, placed.booking_id)
    return Booked(booking_id=placed.booking_id, track=made[LinkScope.TRACK], manage=made[LinkScope.MANAGE])


async def _known_order(tx: AsyncConnection, new: NewVisit) -> work_orders.WorkOrder | Misfit:
    """Lock the work order that is gone on with."""
    order = await work_orders.lock(tx, new.work_order_id or "")
    if order is None or order.portal_id != new.slot.portal_id:
        return Misfit("$.work_order", "unknown")
    if order.service_type_id != new.slot.service_type_id:
        return Misfit("$.work_order", "is for another service")
    location = await accounts.get_location(tx, order.portal_id, order.location_id)
    if location is None or not is_near(new.slot.place, location):
        return Misfit("$.work_order", "is not where the slot was offered for")
    return order


async def _make_order(tx: AsyncConnection, new: NewVisit) -> work_orders.WorkOrder | Misfit:
    slot = new.slot
    if new.contact is None or new.location is None:
        return Misfit("$.location" if new.contact else "$.contact", "required")
    customer = await find_or_make_customer(tx, slot.portal_id, new.contact, new.location, near=slot.place)
    if isinstance(customer, Misfit):
        return customer
    asset = await accounts.get_asset(tx, slot.portal_id, new.asset_id) if new.asset_id else None
    if new.asset_id and (asset is None or asset.account_id != customer.location.account_id):
        return Misfit("$.asset", "unknown")
    order = work_orders.WorkOrder(
        id=new_id("wo"),
        portal_id=slot.portal_id,
        account_id=customer.location.account_id,
        contact_id=customer.contact.id,
        location_id=customer.location.id,
        service_type_id=slot.service_type_id,
        notes=new.notes,
        asset_id=new.asset_id,
    )
    await work_orders.insert_work_orders(tx, [order])
    return order


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
