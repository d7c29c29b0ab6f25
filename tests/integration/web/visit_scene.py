"""A visit that was booked, with its links, behind a real hub."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.intervals import Interval
from hub.services.book_visit import Booked, NewVisit, book_visit
from hub.services.change_status import change_status
from hub.services.find_slots import find_slots
from hub.services.outcomes import UnknownServiceType
from hub.store import bookings
from hub.store.bookings import Booking
from tests.builders import SECRET
from tests.integration.hub import RunningHub
from tests.integration.services.booking_scene import AINO, HER_HOME, BookingScene, booking_scene


class BookedVisit(msgspec.Struct, frozen=True):
    """A booked visit in three hours or so."""

    hub: RunningHub
    scene: BookingScene
    booking_id: str
    track: str
    """Path of the link that looks."""
    manage: str
    """Path of the link that changes."""

    async def booking(self) -> Booking:
        """Read it."""
        async with self.hub.database.read() as tx:
            found = await bookings.get(tx, self.booking_id)
        assert found is not None
        return found

    async def set_status(self, *statuses: str) -> None:
        """Let the technician report."""
        for status in statuses:
            await change_status(
                self.hub.database,
                self.booking_id,
                BookingStatus(status),
                actor="test",
                now=datetime.now(UTC),
                portal_id=None,
            )

    async def slots(self) -> list[dict[str, Any]]:
        """Ask for the times it can move to."""
        found: list[dict[str, Any]] = (await self.hub.http.get(f"{self.manage}/slots")).json()["slots"]
        return found

    async def post(self, action: str, body: Any = None, *, link: str = "") -> httpx.Response:
        """Post as a program."""
        content = b"" if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"}
        return await self.hub.http.post(f"{link or self.manage}/{action}", content=content, headers=headers)


async def booked_visit(hub: RunningHub) -> BookedVisit:
    """Book a visit with two technicians who work around the clock."""
    scene, now = await booking_scene(hub.database, technicians=2), datetime.now(UTC)
    slots = await find_slots(
        hub.database, scene.wanted, Interval(now + timedelta(hours=3), now + timedelta(hours=5)), now
    )
    assert not isinstance(slots, UnknownServiceType)
    new = NewVisit(slot=slots[0], hold_id=None, contact=AINO, location=HER_HOME, notes="", actor="public")
    booked = await book_visit(hub.database, SECRET, new, now)
    assert isinstance(booked, Booked)
    return BookedVisit(hub, scene, booked.booking_id, f"/v/{booked.track.token}", f"/v/{booked.manage.token}")
