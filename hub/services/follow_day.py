"""Keep the running day's expectations up to date, and say early when a promise will be missed."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hub.clock import Clock
from hub.domain.availability import Calendar
from hub.domain.booking_status import BookingStatus
from hub.domain.day_forecast import DayStop, Expected, From, differs, forecast
from hub.domain.geodesy import Point
from hub.domain.intervals import DailyHours
from hub.domain.slot_ids import OfferedSlot, slot_id
from hub.domain.travel_times import TravelTimes
from hub.domain.working_time import Stretch
from hub.services.find_slots import find_others
from hub.services.place_booking import wanted_by_booking
from hub.services.travel_matrix import TravelMatrix
from hub.store import bookings, day_progress, events, working_hours
from hub.store.database import Database
from hub.store.day_progress import LATE, LastVisit, OpenVisit
from hub.store.live_positions import LivePositions, State, read_arrival

AHEAD = timedelta(hours=14)
"""How far ahead the running day reaches."""
TELL_AGAIN_AFTER = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(hours=2)
"""So long after its window nobody waits for the technician any more: a visit that was forgotten is no news."""
AT_ONCE = 20
"""For so many other times are looked for in one go, those first whose window ends last; the next go does the rest."""
ALTERNATIVES = 3
ACTOR = "hub:day"


class FollowDay:
    """Looks at all days again; harmless when done twice, or by two at once."""

    def __init__(
        self, database: Database, positions: LivePositions, roads: TravelMatrix | None, secret: bytes, clock: Clock
    ) -> None:
        """Without `roads` drives are guessed; `secret` signs the offers."""
        self._database, self._positions, self._roads = database, positions, roads
        self._secret, self._clock = secret, clock

    async def work(self) -> Counter[str]:
        """Write what is expected now, and an event for each promise that will be missed; count both."""
        now = self._clock()
        async with self._database.read() as tx:
            visits = await day_progress.open_visits(tx, now, AHEAD)
            people = sorted({one.resource_id for one in visits})
            last = await day_progress.last_visits(tx, people, now - AHEAD)
            hours = await working_hours.weeks_of(tx, people)
        states = await self._positions.states(people) or {}
        expected = await self._expect(visits, last, hours, states, now)
        before = {one.booking_id: (_seconds(one.predicted_at), _seconds(one.predicted_latest)) for one in visits}
        news = {id_: one for id_, one in expected.items() if differs(one, *before[id_])}
        for some in _pieces(sorted(news), 200):  # whoever books waits for no more than that on SQLite
            async with self._database.write() as tx:
                await day_progress.expect(tx, {id_: (_at(news[id_].at_s), _at(news[id_].latest_s)) for id_ in some})
        promised = {one.booking_id: one.window_latest for one in visits}
        late = [id_ for id_, one in expected.items() if one.misses_promise and now - promised[id_] < GIVEN_UP_AFTER]
        async with self._database.read() as tx:
            told_at = await day_progress.told_late(tx, late)
        news_of = [id_ for id_ in late if id_ not in told_at or now - told_at[id_] >= TELL_AGAIN_AFTER]
        told = 0
        for id_ in sorted(news_of, key=promised.__getitem__, reverse=True)[:AT_ONCE]:
            told += await self._tell(expected[id_], now)
        return Counter({"expected_visits": len(news), "late_visits": told})

    async def _expect(
        self,
        visits: Sequence[OpenVisit],
        last: Mapping[str, LastVisit],
        hours: Mapping[str, tuple[DailyHours, ...]],
        states: Mapping[str, State],
        now: datetime,
    ) -> dict[str, Expected]:
        """Expect each visit at the latest arrival of all who come."""
        travel = TravelTimes()
        days: dict[str, tuple[From, list[DayStop], tuple[Stretch, ...]]] = {}
        legs: set[tuple[int, int]] = set()
        calendars: dict[str, Calendar] = {}
        by_resource: dict[str, list[OpenVisit]] = defaultdict(list)
        for visit in visits:
            by_resource[visit.resource_id].append(visit)
        for resource_id, theirs in by_resource.items():
            zone = theirs[0].time_zone
            if zone not in calendars:
                calendars[zone] = Calendar(ZoneInfo(zone), now.timestamp(), now.timestamp() + 1)
            work = _work(calendars[zone], hours.get(resource_id, ()), now.timestamp())
            start = _start(theirs[0], last.get(resource_id), work, travel)
            stops = [_stop(one, states.get(resource_id), travel) for one in theirs]
            days[resource_id] = start, stops, work
            places = [*([start.place] if start.place is not None else []), *(stop.place for stop in stops)]
            legs |= set(pairwise(places))
        if self._roads is not None:
            await self._roads.learn(travel, legs)
        found: dict[str, Expected] = {}
        for start, stops, work in days.values():
            for one in forecast(stops, start, travel, now.timestamp(), work):
                if math.isfinite(one.at_s) and (one.id not in found or one.at_s > found[one.id].at_s):
                    found[one.id] = one
        return found

    async def _tell(self, late: Expected, now: datetime) -> bool:
        """Say that a promise will be missed, with other times; not again within the hour."""
        async with self._database.read() as tx:
            booking = await bookings.get(tx, late.id)
            if booking is None:
                return False
            wanted = await wanted_by_booking(tx, booking)
        others = await find_others(self._database, wanted, now, now, roads=self._roads)
        async with self._database.write() as tx:
            status = await day_progress.lock(tx, late.id)
            if status not in (BookingStatus.SCHEDULED, BookingStatus.TRAVELING):
                return False
            told_at = (await day_progress.told_late(tx, [late.id])).get(late.id)
            if told_at is not None and now - told_at < TELL_AGAIN_AFTER:  # another process was as quick
                return False
            await events.append(
                tx,
                portal_id=booking.portal_id,
                at=now,
                kind=LATE,
                booking_id=late.id,
                actor=ACTOR,
                data={
                    "predicted_at": _at(late.at_s).isoformat(),
                    "predicted_latest": _at(late.latest_s).isoformat(),
                    "promised_until": booking.window_latest.isoformat(),
                    "alternatives": [_offer(one, self._secret) for one in others[:ALTERNATIVES]],
                },
            )
        return True


def _start(first: OpenVisit, last: LastVisit | None, work: tuple[Stretch, ...], travel: TravelTimes) -> From:
    """Go on from the last visit of this working day, or from the base."""
    if last is not None and not (work and last.completed_at.timestamp() < work[0][0]):
        return From(travel.number(Point(last.lat, last.lon)), last.completed_at.timestamp())
    return From(travel.number(Point(first.base_lat, first.base_lon)), -math.inf)


def _stop(visit: OpenVisit, state: State | None, travel: TravelTimes) -> DayStop:
    eta = None
    if visit.status is BookingStatus.TRAVELING and state is not None and visit.traveling_at is not None:
        eta = read_arrival(state, visit.booking_id, visit.traveling_at)
    return DayStop(
        id=visit.booking_id,
        status=visit.status,
        place=travel.number(Point(visit.lat, visit.lon)),
        starts_s=visit.starts_at.timestamp(),
        ends_s=visit.ends_at.timestamp(),
        buffer_s=visit.buffer_s,
        promised_s=visit.window_latest.timestamp(),
        began_s=_seconds(visit.arrived_at),
        eta_s=eta.at.timestamp() if eta else None,
        eta_latest_s=eta.latest.timestamp() if eta else None,
    )


def _work(calendar: Calendar, hours: tuple[DailyHours, ...], now_s: float) -> tuple[Stretch, ...]:
    """Tell the stretches of work of the day that now belongs to."""
    today = (day for day in calendar.days(hours) if day.from_s <= now_s < day.to_s) if hours else ()
    return next((day.stretches for day in today), ())


def _offer(slot: OfferedSlot, secret: bytes) -> dict[str, str]:
    return {
        "slot_id": slot_id(slot, secret),
        "starts_at": slot.visit.starts_at.isoformat(),
        "earliest": slot.window.starts_at.isoformat(),
        "latest": slot.window.ends_at.isoformat(),
    }


def _pieces(ids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (ids[first : first + size] for first in range(0, len(ids), size))


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds), UTC)


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
