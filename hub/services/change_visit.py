"""Change a visit, then tell those who watch it and wake the relay for those who are mailed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

import structlog
from redis.exceptions import RedisError

from hub.clock import Clock
from hub.domain.booking_status import BookingStatus
from hub.domain.slot_ids import Slot
from hub.services.book_visit import Booked, BookOutcome, NewVisit, book_visit
from hub.services.change_status import StatusChanged, StatusOutcome, change_status
from hub.services.leave_feedback import Thanked, leave_feedback
from hub.services.outcomes import SlotTaken, UnknownBooking
from hub.services.reschedule_visit import Drag, Moved, MoveOutcome, NotNow, reschedule_visit, undo_change
from hub.services.travel_matrix import TravelMatrix
from hub.store.crossings import OpenArrival
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.outbox_bell import OutboxBell

log = structlog.get_logger()


class ChangeVisit:
    """Commits a change first. Who misses the message sees it within seconds: bookings and outbox are read again."""

    def __init__(
        self,
        database: Database,
        channel: LiveChannel,
        bell: OutboxBell,
        secret: bytes,
        clock: Clock,
        roads: TravelMatrix | None = None,
    ) -> None:
        """Take what is changed, who is told of it, and who knows the drives that decide what can be kept."""
        self._database, self._channel, self._bell, self._secret, self._clock = database, channel, bell, secret, clock
        self._roads = roads
        self._telling: set[asyncio.Task[None]] = set()

    async def status(
        self,
        booking_id: str,
        wanted: BookingStatus,
        *,
        actor: str,
        portal_id: str | None,
        at: datetime | None = None,
        unfinished: bool = False,
        reason: str = "",
        arrival: OpenArrival | None = None,
    ) -> StatusOutcome:
        """Change a booking's status, see `change_status`."""
        outcome = await change_status(
            self._database,
            booking_id,
            wanted,
            at=at,
            actor=actor,
            now=self._clock(),
            portal_id=portal_id,
            unfinished=unfinished,
            reason=reason,
            arrival=arrival,
        )
        if isinstance(outcome, StatusChanged):
            self._tell(booking_id)
        return outcome

    async def book(self, new: NewVisit) -> BookOutcome:
        """Book a visit, see `book_visit`."""
        outcome = await book_visit(self._database, self._secret, new, self._clock(), roads=self._roads)
        if isinstance(outcome, Booked):
            self._ring()
        return outcome

    async def reschedule(self, booking_id: str, to: Slot | Drag, *, actor: str, portal_id: str | None) -> MoveOutcome:
        """Move a visit, see `reschedule_visit`."""
        outcome = await reschedule_visit(
            self._database, booking_id, to, actor=actor, now=self._clock(), portal_id=portal_id, roads=self._roads
        )
        if isinstance(outcome, Moved):
            self._tell(booking_id)
        return outcome

    async def undo(
        self, booking_id: str, *, actor: str, portal_id: str | None
    ) -> Moved | SlotTaken | NotNow | UnknownBooking:
        """Take the last change back, see `undo_change`."""
        outcome = await undo_change(
            self._database, booking_id, actor=actor, now=self._clock(), portal_id=portal_id, roads=self._roads
        )
        if isinstance(outcome, Moved):
            self._tell(booking_id)
        return outcome

    async def feedback(
        self, booking_id: str, rating: int, comment: str, *, actor: str
    ) -> Thanked | NotNow | UnknownBooking:
        """Take feedback, see `leave_feedback`."""
        return await leave_feedback(self._database, booking_id, rating, comment, actor=actor, now=self._clock())

    def look_again(self, booking_id: str) -> None:
        """Have those who watch a visit see what its customer may see now, where the booking itself is as it was."""
        self._later("watchers not told", self._channel.tell(booking_id, "changed"))

    async def settle(self) -> None:
        """Wait until all is told, where nobody waits for an answer meanwhile."""
        await asyncio.gather(*self._telling)

    async def close(self) -> None:
        """End what is still being told."""
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    def _tell(self, booking_id: str) -> None:
        """Tell the watchers and wake the relay, without having anybody wait for a store that may be away."""
        self._later("watchers not told", self._channel.tell(booking_id, "changed"))
        self._ring()

    def _ring(self) -> None:
        self._later("relay not woken", self._bell.ring())

    def _later(self, otherwise: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_guarded(otherwise, work))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


async def _guarded(otherwise: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except (RedisError, OSError) as fault:
        log.warning(otherwise, fault=str(fault))
