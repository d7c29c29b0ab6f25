"""List the demo's visits with their links, for the start page."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from hub.clock import Clock
from hub.domain.booking_status import BookingStatus
from hub.domain.tokens import demo_password, enrolment_token, link_token
from hub.store import demo_links, enrolments, staff
from hub.store.database import Database

MOST_PER_STATUS = 8
SHOWN = (BookingStatus.TRAVELING, BookingStatus.IN_PROGRESS, BookingStatus.SCHEDULED, BookingStatus.COMPLETED)
REMEMBER = timedelta(seconds=10)
STAFF_EMAIL = "dispatcher@example.org"
"""Who signs in as the demo's staff; nobody gets mail there."""


class DemoVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the start page."""

    url: str
    customer_address: str
    service: str
    technician_name: str
    status: BookingStatus
    starts_at: datetime
    time_zone: str


class DemoAccess(msgspec.Struct, frozen=True, kw_only=True):
    """How visitors of a demo get in; None where there is no such way now."""

    technician_name: str | None = None
    enrolment_path: str | None = None
    staff_email: str | None = None
    staff_password: str | None = None


async def read_access(database: Database, secret: bytes, now: datetime) -> DemoAccess:
    """Name the demo's enrolment link and its staff's password, which are secrets everywhere else."""
    async with database.read() as tx:
        enrolment = await enrolments.longest_of_demo(tx, now)
        person = await staff.find_by_email(tx, STAFF_EMAIL)
        in_demo = person is not None and await demo_links.is_demo(tx, person.portal_id)
    known = person if person and in_demo and person.disabled_at is None else None
    return DemoAccess(
        technician_name=enrolment.technician_name if enrolment else None,
        enrolment_path=f"/tech/enrol/{enrolment_token(secret, enrolment.id)}" if enrolment else None,
        staff_email=known.email if known else None,
        staff_password=demo_password(secret, known.id) if known else None,
    )


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

    async def access(self) -> DemoAccess:
        """Tell how visitors get in as a technician and as staff."""
        return await read_access(self._database, self._secret, self._clock())

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
