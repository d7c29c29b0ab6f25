"""Change a visit, then tell its watchers."""

from __future__ import annotations

from datetime import datetime

import structlog
from redis.exceptions import RedisError

from hub.clock import Clock
from hub.domain.booking_status import BookingStatus
from hub.services.change_status import StatusChanged, StatusOutcome, change_status
from hub.store.database import Database
from hub.store.live_channel import LiveChannel

log = structlog.get_logger()


class ChangeVisit:
    """Commits a change first. Watchers who miss the message see it within seconds: bookings are read again."""

    def __init__(self, database: Database, channel: LiveChannel, clock: Clock) -> None:
        self._database, self._channel, self._clock = database, channel, clock

    async def status(
        self,
        booking_id: str,
        wanted: BookingStatus,
        *,
        at: datetime | None,
        actor: str,
        portal_id: str,
        unfinished: bool,
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
        )
        if isinstance(outcome, StatusChanged):
            try:
                await self._channel.tell(booking_id, "changed")
            except (RedisError, OSError) as fault:
                log.warning("watchers not told", booking=booking_id, fault=str(fault))
        return outcome
