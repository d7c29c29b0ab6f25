"""Believe arrivals that nobody objected to: where the operator wants it, they change the visit's status."""

from __future__ import annotations

from collections import Counter

from hub.clock import Clock
from hub.domain.booking_status import BookingStatus
from hub.domain.geofence import OBJECT_FOR
from hub.services.change_status import StatusChanged
from hub.services.change_visit import ChangeVisit
from hub.store import crossings
from hub.store.database import Database


class BelieveArrivals:
    """Looks at what is open; several may, since an arrival is answered in the transaction of the change."""

    def __init__(self, database: Database, change: ChangeVisit, clock: Clock) -> None:
        self._database, self._change, self._clock = database, change, clock

    async def work(self) -> Counter[str]:
        """Begin the visits whose arrival is a minute old and was told as long ago; answer how many `arrivals`.

        A phone that was offline tells late of its arrival: its technician gets the minute from then on.
        """
        done: Counter[str] = Counter()
        since = self._clock() - OBJECT_FOR
        async with self._database.read() as tx:
            found = await crossings.open_arrivals(tx)
            due = [one for one in found if one.at <= since and await crossings.told_at(tx, one) <= since]
        for arrival in due:
            outcome = await self._change.status(
                arrival.booking_id,
                BookingStatus.IN_PROGRESS,
                at=arrival.at,
                actor=crossings.ACTOR,
                portal_id=None,
                arrival=arrival,
            )
            done["arrivals"] += isinstance(outcome, StatusChanged)
        await self._change.settle()
        return done
