"""What is known of all technicians of a portal, looked at again and again, with as little work as changed."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from hub.domain.booking_status import BookingStatus
from hub.domain.fleet import Differences, FleetTechnician, FleetVisit, differences, whole_minutes
from hub.domain.freshness import next_change_at
from hub.domain.lateness import lateness_of
from hub.domain.live_messages import Eta, Freshness, Window
from hub.domain.ping import Ping
from hub.domain.visit_view import live_position
from hub.services.find_everybody import find_one
from hub.services.follow_journeys import Journeys
from hub.services.keep_hours import KeepHours
from hub.services.read_fleet import FleetFacts
from hub.services.tell_silence import TellSilence
from hub.store.day_visits import DayVisit
from hub.store.live_positions import State, read_shown

ESTIMATE_EVERY = timedelta(seconds=10)
"""How old an arrival may be; people are told whole minutes of it."""
ESTIMATES_AT_ONCE = 100
"""Arrivals in one look, the most urgent first: each costs as much as a ping."""
AT_A_STRETCH = 50
"""Technicians after whom others of the process get their turn: less than a millisecond."""

_LONG_AGO, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Sources(msgspec.Struct, frozen=True):
    """What a view asks about technicians beside the stores."""

    journeys: Journeys
    hours: KeepHours
    silence: TellSilence
    lost_after: timedelta


class _Estimate(msgspec.Struct, frozen=True):
    visit_id: str
    made_at: datetime
    eta: Eta | None


class FleetView:
    """The technicians of one portal as they were at the last look."""

    def __init__(self, sources: Sources, facts: FleetFacts) -> None:
        self._sources, self.facts = sources, facts
        self.shown: dict[str, FleetTechnician] = {}
        self._described: FleetFacts | None = None
        self._states: Mapping[str, State] = {}
        self._pings: dict[str, Ping] = {}
        self._estimates: dict[str, _Estimate] = {}
        self._ages_at: dict[str, datetime] = {}
        """When the freshness of a technician changes without a ping."""

    async def look(self, states: Mapping[str, State] | None, now: datetime) -> Differences:
        """Tell what is new with these judging states, the last ones where the store is away (None)."""
        touched = self._take(states)
        if self.facts is not self._described:
            touched = set(self.facts.technicians)
        touched.update(id_ for id_, at in self._ages_at.items() if at < now)
        touched.update(await self._estimate(now))
        self._described = self.facts
        changed = {id_: self._describe(id_, now) async for id_ in _in_turns(touched & self.facts.technicians.keys())}
        before = {id_: self.shown[id_] for id_ in changed if id_ in self.shown}
        before |= {id_: was for id_, was in self.shown.items() if id_ not in self.facts.technicians}
        found = differences(before, changed)
        self.shown.update(changed)
        for id_ in before.keys() - self.facts.technicians.keys():
            del self.shown[id_]
            self._ages_at.pop(id_, None)
        return found

    def _take(self, states: Mapping[str, State] | None) -> set[str]:
        """Read the states that are new."""
        if states is None:
            return set()
        before, self._states = self._states, states
        touched = {id_ for id_, state in states.items() if before.get(id_) != state}
        forgotten = before.keys() - states.keys()
        for id_ in touched | forgotten:
            ping = read_shown(states[id_]) if id_ in states else None
            if ping is None:
                self._pings.pop(id_, None)
            else:
                self._pings[id_] = ping
        return touched | forgotten

    async def _estimate(self, now: datetime) -> list[str]:
        """Estimate anew when some arrive; tell who."""
        due = [
            (made_at, visit.window_latest, id_)
            for id_, visit in self.facts.visits.items()
            if visit.status is BookingStatus.TRAVELING
            and id_ in self._pings
            and (made_at := self._estimated_at(id_, visit)) <= now - ESTIMATE_EVERY
        ]
        some = [id_ for *_, id_ in heapq.nsmallest(ESTIMATES_AT_ONCE, due)]
        async for id_ in _in_turns(some):
            visit_id = self.facts.visits[id_].booking_id
            eta = self._sources.journeys.expect(visit_id, self._pings[id_], now)
            self._estimates[id_] = _Estimate(visit_id, now, eta)
        return some

    def _estimated_at(self, id_: str, visit: DayVisit) -> datetime:
        made = self._estimates.get(id_)
        return made.made_at if made is not None and made.visit_id == visit.booking_id else _LONG_AGO

    def _describe(self, id_: str, now: datetime) -> FleetTechnician:
        sources, facts = self._sources, self.facts
        visit = facts.visits.get(id_)
        where = find_one(
            facts.technicians[id_],
            self._pings.get(id_),
            facts.devices.get(id_, ()),
            visit,
            sources.silence,
            now=now,
            lost_after=sources.lost_after,
        )
        seen_at = where.position.at if where.position else None
        self._ages_at[id_] = next_change_at(seen_at, now, sources.lost_after) or _NEVER
        tracked = sources.hours.tracked(id_, now)
        eta = self._eta(visit, id_) if tracked and where.freshness is not Freshness.LOST else None
        return FleetTechnician(
            id=id_,
            name=where.resource.name,
            territories=facts.served.get(id_, ()),
            visit=_visit(visit) if visit else None,
            lateness=lateness_of(visit.status, _window(visit), eta, now) if visit else None,
            arrival=whole_minutes(eta),
            freshness=where.freshness,
            silence=where.silence,
            last_seen_at=seen_at,
            position=live_position(where.position) if where.position and tracked else None,
        )

    def _eta(self, visit: DayVisit | None, id_: str) -> Eta | None:
        made = self._estimates.get(id_)
        if visit is None or visit.status is not BookingStatus.TRAVELING or made is None:
            return None
        return made.eta if made.visit_id == visit.booking_id else None


def _visit(visit: DayVisit) -> FleetVisit:
    return FleetVisit(
        id=visit.booking_id,
        status=visit.status,
        starts_at=visit.starts_at,
        window=_window(visit),
        customer=visit.customer_name,
    )


def _window(visit: DayVisit) -> Window:
    return Window(visit.window_earliest, visit.window_latest)


async def _in_turns(ids: Iterable[str]) -> AsyncIterator[str]:
    """Go through technicians, and let others of the process have their turn in between."""
    for number, id_ in enumerate(ids, 1):
        yield id_
        if number % AT_A_STRETCH == 0:
            await asyncio.sleep(0)
