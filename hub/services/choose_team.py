"""Choose who comes to a visit when its time is taken, under lock, and say what is in the way where nobody can."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.candidates import Booked, beside
from hub.domain.intervals import Interval
from hub.domain.jobs import Found, Site
from hub.domain.qualification import CREW
from hub.domain.search import find_times, legs_of, who_is_free
from hub.services.conflict_words import in_words
from hub.services.outcomes import UnknownServiceType
from hub.services.renew_ways import renew_ways
from hub.services.scene import Scene, Wanted, read_scene
from hub.services.travel_matrix import TravelMatrix, recall
from hub.store import portals, reservations
from hub.store.database import Database

SPARE = 8
"""So many others are looked at under lock beside those who are likely to come, should somebody be faster."""
_AT_ONCE = timedelta(seconds=1)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A time that somebody asks for."""

    wanted: Wanted
    visit: Interval
    prefer: tuple[str, ...] = ()
    """Who comes if they can."""
    team: tuple[str, ...] = ()
    """Who shall come, the lead first, as staff say; else whoever can is chosen."""
    override: str | None = None
    """Why those who shall come do so whatever is in the way."""
    hold_id: str | None = None
    """The hold that becomes a booking."""
    booking_id: str | None = None
    """The booking that is moved."""
    likely: tuple[str, ...] = ()
    """Who would come as things stood before (`look_ahead`): most often nobody else needs to be looked at under lock."""

    @property
    def gives_up(self) -> list[str]:
        """Name the holders whose time is given back for it, and so does not count."""
        return [one for one in (self.hold_id, self.booking_id) if one]

    @property
    def starts(self) -> Interval:
        """Tell the one start that is asked for, as what starts may lie in."""
        return Interval(self.visit.starts_at, self.visit.starts_at + _AT_ONCE)


class Renewal(msgspec.Struct, frozen=True):
    """The way to the next visit, which begins somewhere else now."""

    reservation_id: str
    protected_from: datetime


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of a team, and what is kept free of its time."""

    resource_id: str
    protected: Interval
    role_id: str | None = None
    override: str | None = None
    """Why it may overlap others' time."""
    renews: Renewal | None = None


class Team(msgspec.Struct, frozen=True):
    """All who come to a visit, the lead first."""

    parts: tuple[Part, ...]

    @property
    def lead_id(self) -> str:
        """Name who leads: whom the customer sees."""
        return self.parts[0].resource_id

    @property
    def resource_ids(self) -> list[str]:
        """Name all of them, the lead first."""
        return [part.resource_id for part in self.parts]


class InTheWay(msgspec.Struct, frozen=True):
    """The time cannot be kept."""

    conflicts: tuple[str, ...] = ()
    """What is in the way, in words for staff."""


async def look_ahead(db: Database, roads: TravelMatrix | None, asked: Asked, now: datetime) -> Asked:
    """Look before the transaction begins: ask the router for the drives that decide, and note who is likely to come."""
    async with db.read() as tx:
        scene = await _scene(tx, asked, now) if roads is None else await _read(tx, asked, now)
    if scene is None:
        return asked
    if roads is not None:
        await roads.learn(scene.travel, legs_of(scene.job, scene.sites, [_start(asked)]))
    found = None if asked.team else _chosen(scene, asked)
    if found is None:
        return asked
    free = [id_ for site in scene.sites for id_ in who_is_free(scene.job, site, _start(asked))]
    likely = dict.fromkeys([*(one.resource_id for one in found.team), *sorted(free)[:SPARE]])
    return msgspec.structs.replace(asked, likely=tuple(likely))


async def choose_team(tx: AsyncConnection, asked: Asked, now: datetime) -> Team | InTheWay:
    """Lock all resources that the change touches, look again and choose.

    The router is not asked here: drives that it told before are known, others are guessed.
    """
    if asked.team:
        return await _named(tx, asked, now)
    if asked.visit.starts_at <= now:
        return InTheWay()
    return await _among_likely(tx, asked, now) or await _among_all(tx, asked, now) or InTheWay()


async def _among_likely(tx: AsyncConnection, asked: Asked, now: datetime) -> Team | None:
    """Choose among those who were likely to come. Where none can any more, their locks are given back."""
    if not asked.likely:
        return None
    attempt = await tx.begin_nested()
    scene = await _locked(tx, asked, asked.likely, now)
    team = _team(scene, asked) if scene else None
    if team and not set(team.resource_ids) <= set(asked.likely):
        team = None  # not all of its time is locked
    await (attempt.commit() if team else attempt.rollback())
    return team


async def _among_all(tx: AsyncConnection, asked: Asked, now: datetime) -> Team | None:
    scene = await _scene(tx, asked, now)
    could = {id_ for site in scene.sites for id_ in who_is_free(scene.job, site, _start(asked))} if scene else set()
    scene = await _locked(tx, asked, could, now) if could else None
    return _team(scene, asked) if scene else None


def _team(scene: Scene, asked: Asked) -> Team | None:
    found, buffer = _chosen(scene, asked), timedelta(seconds=scene.job.buffer_s)
    if found is None:
        return None
    return Team(
        tuple(
            _part(asked.visit, buffer, one.resource_id, one.travel_s, one.next, one.onward_s, role_id=one.role_id)
            for one in found.team
        )
    )


async def _locked(tx: AsyncConnection, asked: Asked, ids: Collection[str], now: datetime) -> Scene | None:
    """Lock these resources, with those that lose time, and look again: somebody may have taken it before."""
    losing = [row.resource_id for holder in asked.gives_up for row in await reservations.of_holder(tx, holder)]
    await reservations.lock_resources(tx, [*ids, *losing])
    await renew_ways(tx, asked.wanted, await reservations.forget_expired(tx, [*ids, *losing], now), now)
    return await _scene(tx, asked, now, only=ids)


async def _scene(tx: AsyncConnection, asked: Asked, now: datetime, only: Collection[str] | None = None) -> Scene | None:
    scene = await _read(tx, asked, now, only)
    if scene is not None:
        await recall(tx, scene.travel, legs_of(scene.job, scene.sites, [_start(asked)]), now)
    return scene


async def _read(tx: AsyncConnection, asked: Asked, now: datetime, only: Collection[str] | None = None) -> Scene | None:
    scene = await read_scene(
        tx,
        asked.wanted,
        asked.starts,
        now,
        but_of=asked.gives_up,
        named=asked.team,
        only=only,
        duration=asked.visit.ends_at - asked.visit.starts_at,
    )
    return None if isinstance(scene, UnknownServiceType) else scene


def _chosen(scene: Scene, asked: Asked) -> Found | None:
    """Choose whoever is preferred if they can do it, else whoever adds least travel."""
    preferred = set(asked.prefer)
    theirs = [
        Site(place=site.place, candidates=[one for one in site.candidates if one.everybody <= preferred])
        for site in scene.sites
    ]
    for sites in (theirs, scene.sites):
        if found := find_times(scene.job, sites, [_start(asked)]):
            return found[0]
    return None


async def _named(tx: AsyncConnection, asked: Asked, now: datetime) -> Team | InTheWay:
    """Take those whom staff named, crews with their members; whether they are qualified is for staff to know."""
    scene = await _scene(tx, asked, now)
    members = _members(scene) if scene else {}
    ids = list(dict.fromkeys(one for id_ in asked.team for one in (*members.get(id_, ()), id_)))
    scene = await _locked(tx, asked, ids, now)
    if scene is None:
        return InTheWay()
    site, start_s, buffer = scene.sites[0], _start(asked), timedelta(seconds=scene.job.buffer_s)
    free = who_is_free(scene.job, site, start_s)
    known = {one.id: one for each in site.candidates for one in (*each.members, each)}
    parts = []
    for id_ in ids:
        there_s, after, onward_s = beside(known[id_], site.place, start_s) if id_ in known else (0.0, None, 0.0)
        override = None if id_ in free else asked.override
        parts.append(_part(asked.visit, buffer, id_, there_s, after, onward_s, override=override))
    busy = [part for part in parts if part.resource_id not in free]
    if busy and not asked.override:
        zone = ZoneInfo(await portals.time_zone_of(tx, asked.wanted.portal_id))
        return InTheWay(
            await in_words(tx, [(one.resource_id, one.protected) for one in busy], asked.gives_up, now, zone)
        )
    return Team(tuple(parts))


def _members(scene: Scene) -> dict[str, tuple[str, ...]]:
    candidates = (one for site in scene.sites for one in site.candidates if one.kind == CREW)
    return {one.id: tuple(member.id for member in one.members) for one in candidates}


def _part(
    visit: Interval,
    buffer: timedelta,
    resource_id: str,
    there_s: float,
    after: Booked | None,
    onward_s: float,
    *,
    role_id: str | None = None,
    override: str | None = None,
) -> Part:
    """Keep the way there, the visit and the buffer free; the way to what comes next begins at the visit from now on."""
    protected = Interval(visit.starts_at - _whole(there_s), visit.ends_at + buffer)
    renews = None
    if after is not None:
        sets_off_at = datetime.fromtimestamp(after.starts_s, UTC) - _whole(onward_s)
        renews = Renewal(after.id, sets_off_at) if sets_off_at >= protected.ends_at else None
    return Part(resource_id=resource_id, protected=protected, role_id=role_id, override=override, renews=renews)


def _whole(seconds: float) -> timedelta:
    return timedelta(seconds=math.ceil(seconds))


def _start(asked: Asked) -> float:
    return asked.visit.starts_at.timestamp()
