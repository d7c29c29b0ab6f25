"""Report statuses as technicians do: on departure, on arrival, when the work is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

import httpx
import msgspec
import structlog

from hub.clock import Clock
from hub.demo.timetable import Day, Leg
from hub.domain.booking_status import ENDED, BookingStatus

LOOK_EVERY_S = 1.0
PAUSE_S = 3.0
"""How long to wait when the hub is away."""
_TIMEOUT_S = 10.0
_WAY = (BookingStatus.SCHEDULED, BookingStatus.TRAVELING, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED)

log = structlog.get_logger()


class Report(msgspec.Struct, frozen=True):
    """A status to report, and when it came about."""

    booking_id: str
    status: BookingStatus
    at: datetime


class BadKey(Exception):
    """The hub does not know the API key, or no longer."""


def reports_due(days: Iterable[Day], known: dict[str, BookingStatus], now: datetime) -> list[Report]:
    """Tell what is to be reported by now, one step at a time, in the order in which it came about.

    `known` are the bookings' statuses as far as they were reported; the timetable's are those before.
    """
    found = [report for day in days for leg in day.legs for report in _steps(leg, known, now)]
    return sorted(found, key=lambda report: (report.at, report.booking_id))


def _steps(leg: Leg, known: dict[str, BookingStatus], now: datetime) -> list[Report]:
    current, due = known.get(leg.booking_id, leg.status), leg.due(now)
    if current in ENDED:
        return []
    # After a break the work goes on at once when it is over by the timetable.
    stands = _WAY.index(BookingStatus.IN_PROGRESS if current is BookingStatus.ON_BREAK else current)
    times = (leg.departs_at, leg.departs_at, leg.arrives_at, leg.finishes_at)
    return [
        Report(leg.booking_id, status, at)
        for step, (status, at) in enumerate(zip(_WAY, times, strict=True))
        if stands < step <= _WAY.index(due)
    ]


class Clerk:
    """Posts what is due. A refusal is accepted: a person may have been faster."""

    def __init__(self, api_key: str, find_hub: Callable[[], str], clock: Clock) -> None:
        self._find_hub, self._clock = find_hub, clock
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._known: dict[str, BookingStatus] = {}

    async def run(self, days: Callable[[], Iterable[Day]]) -> None:
        """Go on for ever with the days as they are each time. Raises BadKey."""
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False, headers=self._headers) as http:
            while True:
                try:
                    for report in reports_due(days(), self._known, self._clock()):
                        await self._post(http, report)
                except httpx.HTTPError as fault:
                    log.info("clerk_waits_for_hub", pause_s=PAUSE_S, fault=type(fault).__name__)
                    await asyncio.sleep(PAUSE_S)
                await asyncio.sleep(LOOK_EVERY_S)

    def forget(self) -> None:
        """Forget what was reported: a timetable read just now knows it."""
        self._known.clear()

    async def _post(self, http: httpx.AsyncClient, report: Report) -> None:
        url = f"{self._find_hub()}/api/v1/bookings/{report.booking_id}/status"
        answer = await http.post(url, json={"status": report.status, "at": report.at.isoformat()})
        if answer.status_code == 401:
            raise BadKey("the hub does not know this API key")
        if answer.status_code == 429 or answer.status_code >= 500:
            answer.raise_for_status()  # later again
        if answer.status_code >= 400:
            log.info("status_refused", booking=report.booking_id, status=report.status, code=answer.status_code)
        self._known[report.booking_id] = _current(answer) or report.status


def _current(answer: httpx.Response) -> BookingStatus | None:
    """Read from a refusal where the booking really stands; None where it says nothing."""
    if answer.status_code != 409:
        return None
    try:
        return BookingStatus(answer.json()["current"])
    except (ValueError, KeyError, TypeError):
        return None
