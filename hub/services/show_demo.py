"""List the demo's visits with their links, for the start page."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.tokens import link_token
from hub.store import demo_links
from hub.store.database import Database

MOST_PER_STATUS = 8


class DemoVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the start page."""

    url: str
    customer_address: str
    service: str
    technician_name: str
    status: BookingStatus
    starts_at: datetime
    time_zone: str


async def demo_visits(db: Database, secret: bytes, now: datetime) -> list[DemoVisit] | None:
    """List visits of demo portals around now, those under way first; None where there is no demo."""
    async with db.read() as tx:
        if not await demo_links.has_demo(tx):
            return None
        order = (
            BookingStatus.TRAVELING,
            BookingStatus.IN_PROGRESS,
            BookingStatus.SCHEDULED,
            BookingStatus.COMPLETED,
        )
        found = [row for status in order for row in await demo_links.around(tx, status, now, MOST_PER_STATUS)]
    return [
        DemoVisit(
            url=f"/v/{link_token(secret, row.link_id)}",
            customer_address=row.address,
            service=row.service,
            technician_name=row.technician_name,
            status=row.status,
            starts_at=row.starts_at,
            time_zone=row.time_zone,
        )
        for row in found
    ]
