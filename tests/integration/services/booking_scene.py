"""A portal with bookable technicians, for the tests of booking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.slot_ids import OfferedSlot, Slot
from hub.domain.travel_times import guessed_s
from hub.services.book_visit import Booked, BookOutcome, NewVisit, book_visit
from hub.services.customers import Contact, Place
from hub.services.find_slots import Wanted, find_slots
from hub.services.outcomes import UnknownServiceType
from hub.store import bookings, outbox, reservations
from hub.store.bookings import Booking
from hub.store.database import Database
from hub.store.outbox import Message
from tests.builders import NOW, SECRET, BuiltDirectory, build_bookable, build_directory

HOME, BASE = Point(60.165, 24.94), Point(60.17, 24.94)
AINO = Contact(name="Aino Aalto", email="aino@example.org", phone="+358401234567", language="en")
HER_HOME = Place(address="Bulevardi 15, Helsinki", lat=HOME.lat, lon=HOME.lon)


class BookingScene:
    """A portal, its technicians, and what somebody wants done."""

    def __init__(self, db: Database, directory: BuiltDirectory, technicians: Sequence[str]) -> None:
        self.db, self.directory, self.technicians = db, directory, technicians
        self.wanted = Wanted(portal_id=directory.portal_id, service_type_id=directory.service_type_id, place=HOME)

    async def slots(self, now: datetime = NOW, booking_id: str | None = None) -> list[OfferedSlot]:
        """Find the slots of a day."""
        wanted = Wanted(
            portal_id=self.wanted.portal_id,
            service_type_id=self.wanted.service_type_id,
            place=HOME,
            booking_id=booking_id,
        )
        found = await find_slots(self.db, wanted, Interval(now, now + timedelta(days=1)), now)
        assert not isinstance(found, UnknownServiceType)
        return found

    async def try_to_book(self, slot: Slot, hold_id: str | None = None, now: datetime = NOW) -> BookOutcome:
        """Book as somebody new."""
        new = NewVisit(slot=slot, hold_id=hold_id, contact=AINO, location=HER_HOME, notes="Ring twice", actor="public")
        return await book_visit(self.db, SECRET, new, now)

    async def book(self, slot: Slot, hold_id: str | None = None) -> str:
        """Book, which must succeed, and give the booking's id."""
        booked = await self.try_to_book(slot, hold_id)
        assert isinstance(booked, Booked), booked
        return booked.booking_id

    async def booking(self, booking_id: str) -> Booking:
        """Read a booking."""
        async with self.db.read() as tx:
            found = await bookings.get(tx, booking_id)
        assert found is not None
        return found

    async def messages(self, booking_id: str) -> list[Message]:
        """Read what its contact is told."""
        async with self.db.read() as tx:
            return await outbox.of_booking(tx, booking_id)

    async def taken(self, now: datetime = NOW) -> list[Interval]:
        """Read what is taken of everybody's time, in order."""
        within = Interval(now - timedelta(days=9), now + timedelta(days=9))
        async with self.db.read() as tx:
            found = await reservations.taken(tx, self.technicians, within, now)
        return sorted(one for times in found.values() for one in times)


async def booking_scene(db: Database, technicians: int = 1) -> BookingScene:
    """Build a portal with so many bookable technicians."""
    async with db.write() as tx:
        directory = await build_directory(tx)
        bookable = [await build_bookable(tx, directory.portal_id) for _ in range(technicians)]
    return BookingScene(db, directory, bookable)


def protected_of(slot: Slot) -> Interval:
    """Tell what a slot takes of the time of a technician who comes from their base."""
    way = timedelta(seconds=math.ceil(guessed_s(BASE, slot.place)))
    return Interval(slot.visit.starts_at - way, slot.visit.ends_at)
