"""Read all rows that decide who can come where and when, in few queries however many there are."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import DailyHours, Interval
from hub.domain.qualification import CREW, FACILITY, Held
from hub.domain.territories import ServedAreas
from hub.domain.working_time import Stretch
from hub.store import crews, planned_stops, qualifications, resources, time_off, working_hours
from hub.store.planned_stops import PlannedStop
from hub.store.resources import Resource


class Everybody(msgspec.Struct, frozen=True, kw_only=True):
    """The resources of a portal that work at all, whatever for."""

    resources: Mapping[str, Resource]
    members: Mapping[str, tuple[str, ...]]
    """Of each crew, those who work."""
    served: Mapping[str, tuple[str, ...]]
    """Of each resource, its territories; without any it serves everywhere."""
    areas: ServedAreas


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of some resources; seconds since 1970."""

    hours: Mapping[str, tuple[DailyHours, ...]]
    off: Mapping[str, list[Stretch]]
    held: Mapping[str, dict[str, Held]]
    stops: Mapping[str, list[PlannedStop]]
    """What takes their time, in order of the starts; where a facility takes part, it is there."""


async def read_everybody(tx: AsyncConnection, portal_id: str) -> Everybody:
    """Read who there is."""
    working = {one.id: one for one in await resources.working(tx, portal_id)}
    members: dict[str, tuple[str, ...]] = {}
    for pair in await crews.members_of(tx, [one.id for one in working.values() if one.kind == CREW]):
        if pair.resource_id in working:
            members[pair.crew_id] = (*members.get(pair.crew_id, ()), pair.resource_id)
    areas = {one.id: one.area for one in await resources.territories_of(tx, portal_id)}
    return Everybody(
        resources=working,
        members=members,
        served=await resources.served_territories(tx, portal_id),
        areas=ServedAreas(areas),
    )


async def read_facts(
    tx: AsyncConnection, who: Everybody, ids: Collection[str], around: Interval, now: datetime, but_of: Collection[str]
) -> Facts:
    """Read what is known of these resources around a time; `but_of` are holds and bookings that do not count."""
    hours = await working_hours.weeks_of(tx, ids)
    off: dict[str, list[Stretch]] = defaultdict(list)
    for absence in await time_off.of_resources(tx, ids, around):
        off[absence.resource_id].append((absence.starts_at.timestamp(), absence.ends_at.timestamp()))
    held: dict[str, dict[str, Held]] = defaultdict(dict)
    for one in await qualifications.of_resources(tx, ids):
        expires_s = math.inf if one.expires_at is None else one.expires_at.timestamp()
        held[one.resource_id][one.characteristic_id] = Held(one.rating, expires_s)
    facilities = {one.id for one in who.resources.values() if one.kind == FACILITY}
    stops = await planned_stops.within(tx, {*ids, *facilities}, around, now, but_of=but_of)
    return Facts(hours=hours, off=off, held=held, stops=_by_resource(stops, facilities, who.resources))


def _by_resource(
    stops: Iterable[PlannedStop], facilities: Collection[str], known: Mapping[str, Resource]
) -> dict[str, list[PlannedStop]]:
    stops = list(stops)
    at = {one.holder_id: known[one.resource_id].base for one in stops if one.resource_id in facilities}
    found: dict[str, list[PlannedStop]] = defaultdict(list)
    for one in stops:
        place = at.get(one.holder_id)
        found[one.resource_id].append(msgspec.structs.replace(one, place=place) if place else one)
    return found
