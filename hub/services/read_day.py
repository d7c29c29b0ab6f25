"""Read a day as it is planned: whose shifts it has, which visits may move, and who else could do them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.availability import DAY_S, Calendar
from hub.domain.booking_status import BookingStatus
from hub.domain.candidates import Candidate, Laid
from hub.domain.day_plan import Planned
from hub.domain.insertion import Day, Timeline
from hub.domain.intervals import Interval
from hub.domain.jobs import Job
from hub.domain.qualification import PEOPLE, Wishes
from hub.domain.travel_times import TravelTimes
from hub.services.read_facts import Everybody, read_everybody, read_facts
from hub.services.scene import BESIDE, Layout, may_come, roles_needed, who_serve, wishes_of
from hub.store import bookings, portals, service_types, staff_moves
from hub.store.bookings import Booking
from hub.store.planned_stops import PlannedStop
from hub.store.service_types import ServiceType


class PlannedDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day of a portal's technicians, as it is planned."""

    days: Mapping[str, Day[int]]
    visits: Sequence[Planned]
    bookings: Mapping[str, Booking]
    """Those that may move, by the ids of `visits`."""
    travel: TravelTimes
    zone: ZoneInfo


async def read_day(tx: AsyncConnection, portal_id: str, day: date, now: datetime) -> PlannedDay:
    """Read the shifts that begin on a date of the portal's calendar, with all that takes their time.

    A visit may move where one person does it, nobody is on the way, no conflict was overridden for it, and neither
    staff nor another program chose who comes. All else stays as it is.
    """
    zone = ZoneInfo(await portals.time_zone_of(tx, portal_id))
    midnight = datetime.combine(day, time(), zone)
    span = Interval(midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC))
    who = await read_everybody(tx, portal_id)
    people = sorted(id_ for id_, one in who.resources.items() if one.kind in PEOPLE)
    facts = await read_facts(tx, who, people, Interval(span.starts_at - BESIDE, span.ends_at + BESIDE), now, ())
    layout = Layout(who, facts, Calendar(zone, span.starts_at.timestamp(), span.ends_at.timestamp() - 1))
    candidates = {id_: layout.candidate(id_) for id_ in people}
    laid = {id_: found for id_, one in candidates.items() if (found := _on(one, span))}
    may_move = await _movable(tx, portal_id, span)
    named = await staff_moves.chosen_by_people(tx, [one.id for one in may_move.values()])
    able = _Able(tx, who, candidates, laid)
    stops = {stop.id: stop for theirs in facts.stops.values() for stop in theirs}
    visits, moving = [], {}
    for id_, shift in laid.items():
        for booked in shift.booked:
            booking = _movable_at(stops[booked.id], may_move, id_)
            theirs = await able.to_do(booking, stops[booked.id]) if booking else frozenset()
            window = (booking.window_earliest.timestamp(), booking.window_latest.timestamp()) if booking else None
            visits.append(
                Planned(
                    id=booking.id if booking else booked.id,
                    resource_id=id_,
                    place=booked.place,
                    starts_s=booked.starts_s,
                    service_s=booked.free_s - booked.starts_s,
                    window_s=window,
                    able=frozenset() if booking and booking.id in named else theirs,
                )
            )
            if booking:
                moving[booking.id] = booking
    days = {id_: msgspec.structs.replace(shift.timeline.day, stops=()) for id_, shift in laid.items()}
    return PlannedDay(days=days, visits=visits, bookings=moving, travel=layout.travel, zone=zone)


def _on(candidate: Candidate, span: Interval) -> Laid | None:
    """Choose the shift that begins on the date; of who works around the clock, what lies on the date."""
    begins_s, ends_s = span.starts_at.timestamp(), span.ends_at.timestamp()
    for one in candidate.days:
        day = one.timeline.day
        if begins_s <= day.starts_s < ends_s:
            return one
        if day.ends_s - day.starts_s > DAY_S and day.starts_s < begins_s and day.ends_s > ends_s:
            booked = [each for each in one.booked if each.free_s > begins_s and each.starts_s < ends_s]
            clipped = msgspec.structs.replace(day, starts_s=begins_s, ends_s=ends_s, stops=(), work=())
            return Laid(Timeline(clipped, one.timeline.travel), booked, begins_s, ends_s)
    return None


async def _movable(tx: AsyncConnection, portal_id: str, span: Interval) -> dict[str, Booking]:
    found: dict[str, Booking] = {}
    cursor = None
    while True:
        page = await bookings.list_bookings(
            tx,
            portal_id,
            starts_from=span.starts_at,
            starts_before=span.ends_at,
            status=BookingStatus.SCHEDULED,
            cursor=cursor,
            limit=500,
        )
        found |= {one.id: one for one in page.items if not one.others and one.override_reason is None}
        cursor = page.next_cursor
        if cursor is None:
            return found


def _movable_at(stop: PlannedStop, may_move: Mapping[str, Booking], resource_id: str) -> Booking | None:
    booking = may_move.get(stop.holder_id)
    return booking if booking and booking.resource_id == resource_id else None


class _Able:
    """Tells who could do a visit; what many visits share is read once."""

    def __init__(
        self, tx: AsyncConnection, who: Everybody, candidates: Mapping[str, Candidate], working: Collection[str]
    ) -> None:
        self._tx, self._who, self._candidates, self._working = tx, who, candidates, working
        self._services: dict[str, tuple[ServiceType, Job]] = {}
        self._wishes: dict[str, Wishes] = {}

    async def to_do(self, booking: Booking, stop: PlannedStop) -> frozenset[str]:
        """Tell who works on the day and is qualified, serves the place and is welcome."""
        service, job = await self._service(booking.service_type_id)
        if len(job.roles) != 1:
            return frozenset()
        if booking.account_id not in self._wishes:
            self._wishes[booking.account_id] = await wishes_of(self._tx, booking.account_id)
        job = msgspec.structs.replace(job, wishes=self._wishes[booking.account_id])
        ids = may_come(self._who, job).intersection(self._working)
        ends_s = (booking.window_latest + (booking.ends_at - booking.starts_at)).timestamp()
        needs = job.roles[0].needs
        able = set()
        for id_ in who_serve(self._who, sorted(ids), stop.place, service.radius_m):
            until_s = self._candidates[id_].qualified_until(needs)
            if until_s is not None and until_s >= ends_s:
                able.add(id_)
        for wished in (job.wishes.must, job.wishes.preferred & {booking.resource_id} and job.wishes.preferred):
            able = able & wished if wished else able
        return frozenset(able)

    async def _service(self, id_: str) -> tuple[ServiceType, Job]:
        if id_ not in self._services:
            service = await service_types.get_service_type(self._tx, id_)
            assert service is not None  # noqa: S101 - a booking refers to its service type
            job = Job(duration_s=service.duration_s, roles=await roles_needed(self._tx, id_))
            self._services[id_] = service, job
        return self._services[id_]
