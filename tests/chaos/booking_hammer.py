"""Many processes that book, hold, move and cancel the same few technicians at once, and are killed while they do."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import msgspec
from sqlalchemy import select

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.intervals import Interval
from hub.domain.slot_ids import OfferedSlot
from hub.services.book_visit import Booked, NewVisit, book_visit
from hub.services.change_status import StatusChanged, change_status
from hub.services.customers import Contact, Place
from hub.services.find_slots import Wanted, find_slots
from hub.services.hold_slot import Held, extend_hold, hold_slot, let_go
from hub.services.outcomes import UnknownServiceType
from hub.services.reschedule_visit import Drag, Moved, reschedule_visit, undo_change
from hub.store import bookings
from hub.store.database import Database, DatabaseAway
from hub.store.tables import booking
from tests.builders import NOW, SECRET

PROCESSES = 8
TASKS = 2
"""How much each process does at once."""
SPAN = timedelta(hours=9)
"""In which all visits are: the times are few, so that all want the same."""
STORY = timedelta(minutes=20)
"""How much time the clock of the hammer tells from the beginning to the end: holds and undos run out meanwhile."""
KILL_EVERY_S = 0.7
PLACES = tuple(Point(60.16 + 0.004 * row, 24.92 + 0.008 * column) for row in range(3) for column in range(3))


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What is hammered on."""

    database_url: str
    portal_id: str
    service_type_ids: tuple[str, ...]
    technicians: tuple[str, ...]
    lasts_s: float
    folder: str
    """Where each process writes down what it was told has happened."""
    began_s: float = 0.0


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a process was told: that a change was made, or a fault."""

    what: str
    id: str = ""
    """Of the booking or hold."""
    actor: str = ""
    override: bool = False


class Hammer:
    """One process."""

    def __init__(self, target: Target, number: int) -> None:
        self.target, self.number = target, number
        self.db = Database.open(target.database_url)
        self.random = random.Random(number)  # noqa: S311 - the same story again for the same number
        self._log = os.open(Path(target.folder) / f"{number}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._deeds = self._said = 0
        self._offers: list[OfferedSlot] = []
        self._offers_until_s = 0.0

    def now(self) -> datetime:
        """Tell the hammer's time, which runs faster, alike in all processes."""
        return NOW + STORY * ((time.time() - self.target.began_s) / self.target.lasts_s)

    def say(self, said: Said) -> None:
        """Write down what happened; what is written stays when the process is killed."""
        self._said += 1
        os.write(self._log, msgspec.json.encode(said) + b"\n")

    def actor(self) -> str:
        """Name each deed."""
        self._deeds += 1
        return f"hammer:{self.number}-{self._deeds}"

    async def work(self) -> None:
        """Do one thing after the other until the end."""
        deeds: dict[Callable[[], Awaitable[None]], int] = {
            self.create: 5,
            self.hold: 3,
            self.reschedule: 5,
            self.drag: 4,
            self.cancel: 4,
            self.undo: 3,
        }
        while time.time() < self.target.began_s + self.target.lasts_s:
            [deed] = self.random.choices(list(deeds), list(deeds.values()))
            said = self._said
            try:
                await deed()
            except DatabaseAway:
                self.say(Said(what="away"))  # it waited too long for the others, and is told to try later
            except Exception as fault:
                self.say(Said(what=f"fault in {deed.__name__}: {fault!r:.300}"))
            if self._said == said:
                self.say(Said(what="refused"))

    async def create(self) -> None:
        """Book what is offered, sometimes for work that has a visit already."""
        slot = await self._offer()
        known = await self._some_booking() if self.random.random() < 0.2 else None
        if slot is not None:
            order = known[1] if known and (known[2], known[3]) == (slot.service_type_id, slot.location_id) else None
            await self._book(slot, work_order_id=order)

    async def hold(self) -> None:
        """Hold what is offered; then book it, extend it before, let it go, or forget it."""
        slot = await self._offer()
        held = await hold_slot(self.db, slot, self.now()) if slot else None
        if slot is None or not isinstance(held, Held):
            return
        what = self.random.random()
        if what < 0.4:
            await extend_hold(self.db, held.id, self.now())
        if what < 0.7:
            await self._book(slot, hold_id=held.id)
        elif what < 0.85:
            await let_go(self.db, held.id, self.now())

    async def reschedule(self) -> None:
        """Move a visit to what is offered."""
        slot, known = await self._offer(), await self._some_booking()
        if slot is None or known is None:
            return
        actor = self.actor()
        outcome = await reschedule_visit(self.db, known[0], slot, actor=actor, now=self.now(), portal_id=None)
        if isinstance(outcome, Moved):
            self.say(Said(what="moved", id=outcome.booking_id, actor=actor))

    async def drag(self) -> None:
        """Give a visit other people, another time or both, at times whatever is in the way."""
        known = await self._some_booking()
        if known is None:
            return
        what, actor = self.random.random(), self.actor()
        team = tuple(self.random.sample(self.target.technicians, self.random.choice((1, 1, 2)))) if what < 0.8 else ()
        later = timedelta(minutes=self.random.randrange(60, int(SPAN.total_seconds() / 60)))
        drag = Drag(
            starts_at=self.now().replace(microsecond=0) + later if what > 0.5 else None,
            team=team,
            reason="a neighbour",
            override=self.random.random() < 0.05,
        )
        outcome = await reschedule_visit(self.db, known[0], drag, actor=actor, now=self.now(), portal_id=None)
        if isinstance(outcome, Moved):
            self.say(Said(what="dragged", id=outcome.booking_id, actor=actor, override=drag.override))

    async def cancel(self) -> None:
        """Cancel a visit."""
        if known := await self._some_booking():
            actor, canceled = self.actor(), BookingStatus.CANCELED
            outcome = await change_status(self.db, known[0], canceled, actor=actor, now=self.now(), portal_id=None)
            if isinstance(outcome, StatusChanged):
                self.say(Said(what="canceled", id=outcome.booking_id, actor=actor))

    async def undo(self) -> None:
        """Take the last change of a visit back."""
        if known := await self._some_booking(undoable=True):
            actor = self.actor()
            outcome = await undo_change(self.db, known[0], actor=actor, now=self.now(), portal_id=None)
            if isinstance(outcome, Moved):
                self.say(Said(what="undone", id=outcome.booking_id, actor=actor))

    async def _book(self, slot: OfferedSlot, *, hold_id: str | None = None, work_order_id: str | None = None) -> None:
        actor = self.actor()
        new = NewVisit(
            slot=slot,
            hold_id=hold_id,
            contact=Contact(name=actor, email=f"{self.number}@example.org", phone=None, language="en"),
            location=Place(address=actor, lat=slot.place.lat, lon=slot.place.lon),
            notes="",
            actor=actor,
            work_order_id=work_order_id,
        )
        outcome = await book_visit(self.db, SECRET, new, self.now())
        if isinstance(outcome, Booked):
            self.say(Said(what="booked", id=outcome.booking_id, actor=actor))

    async def _offer(self) -> OfferedSlot | None:
        """Take one of the offers for some place, which may be gone by now."""
        now = self.now()
        if time.time() > self._offers_until_s or not self._offers:
            wanted = Wanted(
                portal_id=self.target.portal_id,
                service_type_id=self.random.choice(self.target.service_type_ids),
                place=self.random.choice(PLACES),
            )
            found = await find_slots(self.db, wanted, Interval(NOW, NOW + SPAN), now)
            self._offers = [] if isinstance(found, UnknownServiceType) else list(found)
            self._offers_until_s = time.time() + 0.3
        return self.random.choice(self._offers) if self._offers else None

    async def _some_booking(self, *, undoable: bool = False) -> tuple[str, str, str, str] | None:
        """Choose a booking: its id, work order, service type and location."""
        query = select(booking.c.id).order_by(booking.c.updated_at.desc()).limit(15)
        if undoable:
            query = query.where(booking.c.undo.is_not(None))
        async with self.db.read() as tx:
            ids = (await tx.execute(query)).scalars().all()
            if not ids:
                return None
            found = await bookings.get(tx, self.random.choice(ids))
        return (found.id, found.work_order_id, found.service_type_id, found.location_id) if found else None


def hammer(target: Target, number: int) -> None:
    """Run one process to the end."""

    async def run() -> None:
        one = Hammer(target, number)
        await asyncio.gather(*(one.work() for _ in range(TASKS)))
        await one.db.close()

    asyncio.run(run())


def hammer_with_kills(target: Target) -> Counter[str]:
    """Run all processes, killing one at random again and again, as kill -9 does, and starting another in its place."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    first = context.Process(target=time.time)  # starts the server from which all are forked, with what they import
    first.start()
    first.join()
    target = msgspec.structs.replace(target, began_s=time.time())
    chance, count = random.Random(target.database_url), Counter[str]()  # noqa: S311 - no secret

    def start() -> ForkServerProcess:
        count["started"] += 1
        process = context.Process(target=hammer, args=(target, count["started"]), daemon=True)
        process.start()
        return process

    running = [start() for _ in range(PROCESSES)]
    while time.time() < target.began_s + target.lasts_s - KILL_EVERY_S:
        time.sleep(KILL_EVERY_S)
        victim = chance.choice(running)
        victim.kill()
        victim.join()
        count["killed"] += 1
        running[running.index(victim)] = start()
    for process in running:
        process.join(30)
        count["hung"] += process.exitcode is None
        count["failed"] += process.exitcode not in (0, None)
        process.kill()
    return count


def said_by_all(folder: Path) -> Sequence[Said]:
    """Read what all processes were told; a line that was cut short was not yet told to anybody."""
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_bytes().split(b"\n")[:-1]]
    return [msgspec.json.decode(line, type=Said) for line in lines]
