"""List the demo's visits with their links, for the start page."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from hub.clock import Clock
from hub.domain.booking_status import BookingStatus
from hub.domain.tokens import link_token
from hub.store import demo_links
from hub.store.database import Database

MOST_PER_STATUS = 8
SHOWN = (BookingStatus.TRAVELING, BookingStatus.IN_PROGRESS, BookingStatus.SCHEDULED, BookingStatus.COMPLETED)
REMEMBER = timedelta(seconds=10)


class DemoVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the start page."""

    url: str
    customer_address: str
    service: str
    technician_name: str
    status: BookingStatus
    starts_at: datetime
    time_zone: str


class ShowDemo:
    """Knows whether the hub runs a demo, and what there is to click in it."""

    def __init__(self, database: Database, secret: bytes, clock: Clock) -> None:
        self._database, self._secret, self._clock = database, secret, clock
        self._known: bool | None = None
        self._asked_at: datetime | None = None

    async def runs(self) -> bool:
        """Tell whether there is a demo, from memory for some seconds and while the database is away."""
        now = self._clock()
        if self._asked_at is None or now - self._asked_at >= REMEMBER:
            with contextlib.suppress(SQLAlchemyError, OSError):
                async with self._database.read() as tx:
                    self._known = await demo_links.has_demo(tx)
            self._asked_at = now
        return bool(self._known)

    async def visits(self) -> list[DemoVisit]:
        """List visits of demo portals around now, those under way first."""
        async with self._database.read() as tx:
            found = [
                row for status in SHOWN for row in await demo_links.around(tx, status, self._clock(), MOST_PER_STATUS)
            ]
        return [
            DemoVisit(
                url=f"/v/{link_token(self._secret, row.link_id)}",
                customer_address=row.address,
                service=row.service,
                technician_name=row.technician_name,
                status=row.status,
                starts_at=row.starts_at,
                time_zone=row.time_zone,
            )
            for row in found
        ]
