"""Choose who comes to a visit when its time is taken, under lock, and say what is in the way where nobody can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.intervals import Interval
from hub.domain.slots import is_free, protected
from hub.services.choose_technician import choose_technician
from hub.services.find_slots import Wanted, workers_of, zone_of
from hub.store import conflicts, reservations, resources


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

    @property
    def gives_up(self) -> list[str]:
        """Name the holders whose time is given back for it, and so does not count."""
        return [one for one in (self.hold_id, self.booking_id) if one]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One resource of a team, and what is kept free of its time."""

    resource_id: str
    protected: Interval
    role_id: str | None = None
    override: str | None = None
    """Why it may overlap others' time."""


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


async def choose_team(tx: AsyncConnection, asked: Asked, now: datetime) -> Team | InTheWay:
    """Lock all resources that the change touches, look again and choose."""
    if asked.team:
        return await _named(tx, asked, now)
    prefer = asked.prefer[0] if asked.prefer else None
    portal_id = asked.wanted.portal_id
    lead = await choose_technician(tx, portal_id, asked.visit, now, prefer=prefer, but_of=asked.gives_up)
    if lead is None:
        return InTheWay()
    return Team((Part(resource_id=lead, protected=protected(asked.visit)),))


async def _named(tx: AsyncConnection, asked: Asked, now: datetime) -> Team | InTheWay:
    portal_id = asked.wanted.portal_id
    await reservations.lock_resources(tx, asked.team)
    workers = {one.resource_id: one for one in await workers_of(tx, portal_id, asked.visit, now, asked.gives_up)}
    zone = await zone_of(tx, portal_id)
    time = protected(asked.visit)
    busy = [id_ for id_ in asked.team if id_ not in workers or not is_free(workers[id_], asked.visit, zone)]
    if busy and not asked.override:
        return InTheWay(await _in_words(tx, busy, time, asked, now, zone))
    return Team(
        tuple(
            Part(resource_id=id_, protected=time, override=asked.override if id_ in busy else None)
            for id_ in asked.team
        )
    )


async def _in_words(
    tx: AsyncConnection, busy: Sequence[str], time: Interval, asked: Asked, now: datetime, zone: ZoneInfo
) -> tuple[str, ...]:
    """Say what is in the way of those who cannot come."""
    taken = await conflicts.within(tx, busy, time, now, but_of=asked.gives_up)
    words = [_words(one, zone) for one in taken]
    for id_ in busy:
        if not any(one.resource_id == id_ for one in taken):
            found = await resources.get_resource(tx, id_)
            words.append(f"{found.name if found else id_} does not work then, or cannot be there in time.")
    return tuple(words)


def _words(taken: conflicts.Conflict, zone: ZoneInfo) -> str:
    start, end = (at.astimezone(zone) for at in (taken.protected_from, taken.protected_to))
    when = f"from {start:%H:%M} to {end:%H:%M} on {start:%-d %B}"
    if taken.customer_name is None:
        return f"{taken.resource_name} is kept free {when} for somebody who is just booking."
    return f"{taken.resource_name} is taken {when}, the way there included, by {taken.customer_name}, {taken.address}."
