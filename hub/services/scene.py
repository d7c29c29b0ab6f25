"""Set the scene of a search: what is wanted, who may come where, and what their days look like."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.availability import Calendar
from hub.domain.candidates import Booked, Candidate, lay_out
from hub.domain.geodesy import Point
from hub.domain.intervals import DailyHours, Interval
from hub.domain.jobs import Job, Site
from hub.domain.qualification import ALWAYS_THERE, CREW, FACILITY, Requirement, Role, Wishes, strictest, within_radius
from hub.domain.start_times import StartRules
from hub.domain.territories import serves
from hub.domain.travel_times import TravelTimes
from hub.domain.working_time import Stretch
from hub.services.outcomes import UnknownServiceType
from hub.services.read_facts import Everybody, Facts, read_everybody, read_facts
from hub.store import accounts, portals, preferences, service_types
from hub.store.planned_stops import PlannedStop
from hub.store.resources import Resource
from hub.store.service_types import ServiceType

BESIDE = timedelta(hours=30)
"""So far around the wished starts visits are read: a working day may begin the day before."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants done, and where."""

    portal_id: str
    service_type_id: str
    place: Point
    location_id: str | None = None
    booking_id: str | None = None
    """The booking that is to be moved, whose own time does not count."""
    account_id: str | None = None
    """Whose wishes count; the location's account unless given."""


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """What a search needs."""

    job: Job
    rules: StartRules
    zone: ZoneInfo
    """The customer's, by whose clock starts are offered."""
    sites: Sequence[Site]
    travel: TravelTimes


async def read_scene(
    tx: AsyncConnection,
    wanted: Wanted,
    starts: Interval,
    now: datetime,
    *,
    but_of: Collection[str] = (),
    named: Collection[str] = (),
    only: Collection[str] | None = None,
    duration: timedelta | None = None,
    apart: bool = False,
) -> Scene | UnknownServiceType:
    """Read who may come with a start in `starts`, and what takes their time around it.

    `but_of` are ids of holds and bookings whose time does not count. `named` are resources that staff chose, whatever
    they can and serve; then nobody else is read. `only` narrows to some who were read before. `duration` is the
    service type's unless given. `apart` has days laid out in a thread: those of weeks of hundreds of people take long.
    """
    service = await service_types.get_service_type(tx, wanted.service_type_id)
    if service is None or service.portal_id != wanted.portal_id:
        return UnknownServiceType(wanted.service_type_id)
    portal_zone = ZoneInfo(await portals.time_zone_of(tx, wanted.portal_id))
    location = wanted.location_id and await accounts.get_location(tx, wanted.portal_id, wanted.location_id)
    account_id = wanted.account_id or (location.account_id if location else None)
    wishes = await wishes_of(tx, account_id) if account_id and not named else Wishes()
    job = Job(
        duration_s=int((duration or timedelta(seconds=service.duration_s)).total_seconds()),
        buffer_s=service.buffer_s,
        roles=await roles_needed(tx, service.id),
        wishes=wishes,
    )
    who = await read_everybody(tx, wanted.portal_id)
    may = {id_ for id_ in named if id_ in who.resources} if named else may_come(who, job)
    if only is not None:
        may = may.intersection(only)
    ids = {member for id_ in may for member in (id_, *who.members.get(id_, ()))}
    around = Interval(starts.starts_at - BESIDE, starts.ends_at + BESIDE)
    facts = await read_facts(tx, who, ids, around, now, but_of)

    def laid_out() -> Scene:
        calendar = Calendar(portal_zone, starts.starts_at.timestamp(), starts.ends_at.timestamp())
        layout = Layout(who, facts, calendar)
        places = [(wanted.place, sorted(may))] if named else _places(who, may, wanted.place)
        return Scene(
            job=job,
            rules=rules_of(service),
            zone=ZoneInfo(location.time_zone) if location else portal_zone,
            sites=[
                layout.site(place, there if named else who_serve(who, there, place, service.radius_m))
                for place, there in places
            ],
            travel=layout.travel,
        )

    return await asyncio.to_thread(laid_out) if apart else laid_out()


def rules_of(service: ServiceType) -> StartRules:
    """Tell how the starts of a service type are offered."""
    return StartRules(
        lead_min_s=service.lead_min_s,
        lead_max_s=service.lead_max_s,
        interval_s=service.interval_s,
        groups=tuple(service.time_groups or ()),
        arrival_window_s=service.arrival_window_s,
    )


async def roles_needed(tx: AsyncConnection, service_type_id: str) -> tuple[Role, ...]:
    """Read whom a service type takes, and what they must be able to."""
    roles = await service_types.roles_of(tx, [service_type_id])
    required = await service_types.requirements_of(tx, [service_type_id])

    def needs(role_id: str | None) -> tuple[Requirement, ...]:
        asked = [one for one in required if one.role_id in (None, role_id)]
        return tuple(strictest(Requirement(one.characteristic_id, one.min_rating) for one in asked))

    if not roles:
        return (Role(needs=needs(None)),)
    return tuple(Role(id=one.id, kind=one.kind, needs=needs(one.id)) for one in roles)


async def wishes_of(tx: AsyncConnection, account_id: str) -> Wishes:
    """Read whom an account prefers, refuses and insists on."""
    said: dict[str, set[str]] = defaultdict(set)
    for one in await preferences.of_account(tx, account_id):
        said[one.kind].add(one.resource_id)
    return Wishes(**{kind: frozenset(ids) for kind, ids in said.items()})


def may_come(who: Everybody, job: Job) -> set[str]:
    """Tell who could fill a role by their kind, and whom the account does not refuse: a crew only as a whole."""
    kinds = {one.kind for one in who.resources.values() if any(role.takes(one.kind) for role in job.roles)}
    if len(job.roles) > 1:
        kinds.add(CREW)
    return {
        id_
        for id_, one in who.resources.items()
        if one.kind in kinds
        and (one.kind != CREW or id_ in who.members)
        and job.wishes.restricted.isdisjoint((id_, *who.members.get(id_, ())))
    }


def _places(who: Everybody, may: Collection[str], place: Point) -> list[tuple[Point, list[str]]]:
    """Tell where the job can be done, each with who may come there: a facility's visit is at the facility."""
    ids = sorted(may)
    facilities = [id_ for id_ in ids if who.resources[id_].kind == FACILITY]
    others = [id_ for id_ in ids if id_ not in facilities]
    if not facilities:
        return [(place, others)]
    return [(who.resources[id_].base or place, [*others, id_]) for id_ in facilities]


def who_serve(who: Everybody, ids: Iterable[str], place: Point, radius_m: float | None) -> list[str]:
    """Tell which of these resources may come to a place, by territory and radius."""
    around = who.areas.around(place)
    return [
        id_
        for id_ in ids
        if within_radius(who.resources[id_].base, place, radius_m) and serves(who.served.get(id_, ()), around)
    ]


class Layout:
    """Lays out the days of resources, each once."""

    def __init__(self, who: Everybody, facts: Facts, calendar: Calendar) -> None:
        """Take what was read of them, and the days that matter."""
        self.travel = TravelTimes()
        self._who, self._facts, self._calendar = who, facts, calendar
        self._known: dict[str, Candidate] = {}

    def site(self, place: Point, ids: Iterable[str]) -> Site:
        """Tell who of these works at all, for a job at a place."""
        candidates = [self.candidate(id_) for id_ in ids]
        return Site(place=self.travel.number(place), candidates=[one for one in candidates if one.days])

    def candidate(self, id_: str) -> Candidate:
        """Tell what the days of a resource look like."""
        known = self._known.get(id_)
        if known is None:
            known = self._known[id_] = self._laid_out(id_)
        return known

    def _laid_out(self, id_: str) -> Candidate:
        one = self._who.resources[id_]
        hours, off = self._facts.hours.get(id_, ()), self._facts.off.get(id_, [])
        members = tuple(
            self._days_of(self._who.resources[member], hours or self._facts.hours.get(member, ()), off, one.base)
            for member in self._who.members.get(id_, ())
        )
        return msgspec.structs.replace(self._days_of(one, hours, off, one.base), members=members)

    def _days_of(
        self, one: Resource, hours: Sequence[DailyHours], off: Sequence[Stretch], base: Point | None
    ) -> Candidate:
        """Lay out the days of a resource, or of a member with the hours, the absences and the base of its crew."""
        own_off = [*off, *self._facts.off.get(one.id, ())]
        free = not hours and one.kind in ALWAYS_THERE | {CREW}
        days = self._calendar.always(own_off) if free else self._calendar.days(hours, own_off)
        start = base or one.base
        booked = [self._booked(stop, one) for stop in self._facts.stops.get(one.id, ())]
        number = None if start is None else self.travel.number(start)
        return Candidate(
            id=one.id,
            kind=one.kind,
            days=lay_out(days, booked, number, self.travel, self._calendar.from_s, self._calendar.to_s),
            held=self._facts.held.get(one.id, {}),
        )

    def _booked(self, stop: PlannedStop, one: Resource) -> Booked:
        place = one.base if one.kind == FACILITY and one.base else stop.place
        return Booked(stop.id, self.travel.number(place), stop.starts_at.timestamp(), stop.free_at.timestamp())
