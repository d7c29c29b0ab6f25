"""Follow technicians under way: which visit they travel to, along which route, and when they arrive."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from redis.exceptions import RedisError

from hub.domain import geofence as fence
from hub.domain.eta import estimate
from hub.domain.geodesy import Point
from hub.domain.live_messages import Eta, EtaSource, RouteLine
from hub.domain.ping import Ping
from hub.domain.route_following import Following, follow
from hub.domain.route_progress import PreparedRoute, Progress
from hub.domain.routing import Route, encode
from hub.domain.visibility import Sight, Veiled, veil
from hub.domain.visit import Visit
from hub.domain.visit_view import LiveFacts, is_exact, live_position, shown
from hub.services.judge_pings import Target
from hub.services.measures import ROUTES
from hub.store import visits
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.route_store import RENEW_AT_MOST_EVERY_S, RouteStore
from hub.store.routers.port import Router

RETRY_ROAD_S = 30.0
"""How long a straight line serves in place of a road before the router is asked again."""

log = structlog.get_logger()
_write = msgspec.json.Encoder().encode


class Journey:
    """One visit under way, as this process knows it."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.prepared: PreparedRoute | None = None
        self.line: RouteLine | None = None
        self.following: Following | None = None
        self.asked_at_s = -RETRY_ROAD_S
        self.veiled: Veiled | None = None
        """What customers see in place of the technician, where they do not see the place itself."""
        self.told_line: RouteLine | None = None
        """The road of which watchers were told what is left, where that depends on the place."""

    def take_route(self, route: Route) -> None:
        """Go on along another route; a straight line is no road to show."""
        self.prepared, self.following = PreparedRoute(route), None
        self.line = RouteLine(route.polyline6) if route.source is EtaSource.ROUTE else None

    @property
    def progress(self) -> Progress | None:
        """Give the place along the route; None while there is no route, or nobody was seen on it."""
        return self.following.progress if self.following else None

    def eta(self, ping: Ping, now: datetime) -> Eta | None:
        """Project the position onto the route and estimate the arrival; None while there is no route."""
        if self.prepared is None:
            return None
        self.following = follow(self.prepared, self.following, ping.place, ping.accuracy_m, ping.at)
        return estimate(self.following.progress, self.prepared.route.source, ping.at, now)

    def seen(self, facts: LiveFacts, now: datetime) -> LiveFacts:
        """Keep of the facts what this visit's customer may know of the place; near enough that is all."""
        if facts.position is None or not self.visit.sight.rules.has_areas:
            return facts
        if is_exact(self.visit, facts.position, facts.eta, now):
            self.veiled = None
            return facts
        self.veiled = veil(self.veiled, facts.position, facts.eta, now)
        return LiveFacts(position=self.veiled.position, eta=self.veiled.eta, last_seen_at=facts.last_seen_at)

    def road_left(self) -> RouteLine | None:
        """Give the road from here on: where somebody came from is part of what was not shown."""
        if self.line is None or self.prepared is None or self.progress is None:
            return None
        return RouteLine(encode(self.prepared.left(self.progress)))

    def wants_route(self, now_s: float) -> bool:
        """Tell whether to ask for a route: there is none, it was left, or it is only a straight line."""
        waited_s = now_s - self.asked_at_s
        if waited_s < RENEW_AT_MOST_EVERY_S:
            return False
        if self.prepared is None or (self.following is not None and self.following.has_left):
            return True
        return self.prepared.route.source is not EtaSource.ROUTE and waited_s >= RETRY_ROAD_S


class Journeys:
    """All visits under way."""

    def __init__(
        self,
        database: Database,
        routes: RouteStore,
        router: Router,
        channel: LiveChannel,
        lost_after: timedelta,
    ) -> None:
        self._database, self._routes, self._router, self._channel = database, routes, router, channel
        self._lost_after = lost_after
        self._by_visit: dict[str, Journey] = {}
        self._by_resource: dict[str, list[Journey]] = {}
        self._targets: dict[str, Target] = {}
        self._sights: dict[str, Sight] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._refreshing = asyncio.Lock()

    async def refresh(self, now: datetime) -> None:
        """Read again which visits are under way; one at a time, so that no older answer replaces a newer one."""
        async with self._refreshing:
            async with self._database.read() as tx:
                under_way = await visits.under_way(tx, now)
            self._replace([visit for visit in under_way if visit.shows_technician])
            self._targets = _targets(under_way)
            self._sights = {visit.booking_id: visit.sight for visit in under_way if visit.is_traveling}

    def get(self, visit_id: str) -> Journey | None:
        """Find a visit under way."""
        return self._by_visit.get(visit_id)

    def sight(self, visit_id: str) -> Sight | None:
        """Tell what decides now what the customer sees, None where nobody is on the way."""
        return self._sights.get(visit_id)

    def observe(self, resource_id: str, ping: Ping, now: datetime) -> list[tuple[str, str]]:
        """Follow an accepted ping; answer the visits whose watchers shall see it, each with its message body."""
        return [
            (journey.visit.booking_id, self._body(journey, ping, now))
            for journey in self._by_resource.get(resource_id, ())
            if journey.visit.shows_position
        ]

    def traveled_to(self, resource_id: str) -> list[str]:
        """Name the visits that a technician travels to now; more than one only by mistake."""
        return [journey.visit.booking_id for journey in self._by_resource.get(resource_id, ())]

    def target(self, resource_id: str) -> Target | None:
        """Tell whose place a technician travels to or is at."""
        return self._targets.get(resource_id)

    def live_facts(self, visit: Visit, ping: Ping | None, now: datetime) -> LiveFacts:
        """Describe where the technician of a visit is, given their newest accepted ping."""
        journey = self._by_visit.get(visit.booking_id)
        if ping is None:
            return LiveFacts()
        eta = journey.eta(ping, now) if journey else None
        if journey:
            self._want_route(journey, ping.place)
        facts = LiveFacts(
            position=live_position(ping),
            eta=eta,
            last_seen_at=ping.at,
            route=journey.line if journey else None,
        )
        if journey and journey.visit.sight.rules.has_areas:
            facts = journey.seen(facts, now)
            return msgspec.structs.replace(facts, route=facts.route and journey.road_left())
        return facts

    async def reload_route(self, visit_id: str) -> None:
        """Take the route that another process has found."""
        journey = self._by_visit.get(visit_id)
        if journey and (route := await self._routes.load(visit_id)):
            journey.take_route(route)

    def _body(self, journey: Journey, ping: Ping, now: datetime) -> str:
        eta = journey.eta(ping, now)
        self._want_route(journey, ping.place)
        facts = LiveFacts(position=live_position(ping), eta=eta, last_seen_at=ping.at)
        if journey.visit.sight.rules.has_areas:
            facts = journey.seen(msgspec.structs.replace(facts, route=journey.line), now)
            if facts.route != journey.told_line:
                journey.told_line = facts.route
                if road := facts.route and journey.road_left():
                    self._later(self._tell_road(journey.visit.booking_id, road))
        return _write(shown(journey.visit, facts, now, self._lost_after)).decode()

    def _replace(self, under_way: list[Visit]) -> None:
        before, self._by_visit = self._by_visit, {}
        by_resource = defaultdict(list)
        for visit in under_way:
            journey = before.get(visit.booking_id) or Journey(visit)
            if journey.visit.place != visit.place:
                journey = Journey(visit)
            journey.visit = visit
            self._by_visit[visit.booking_id] = journey
            by_resource[visit.resource_id].append(journey)
        self._by_resource = dict(by_resource)

    def _want_route(self, journey: Journey, start: Point) -> None:
        now_s = asyncio.get_running_loop().time()
        if journey.wants_route(now_s):
            journey.asked_at_s = now_s
            self._later(self._find_route(journey, start))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _find_route(self, journey: Journey, start: Point) -> None:
        visit = journey.visit
        try:
            if not await self._routes.may_renew(visit.booking_id):
                await self.reload_route(visit.booking_id)
                return
            route = await self._router.route(start, visit.place)
            if route is None:
                return
            ROUTES.labels(route.source).inc()
            journey.take_route(route)
            await self._routes.save(visit.booking_id, route)
            if not visit.sight.rules.has_areas:  # else it is told once they are near
                await self._channel.tell(visit.booking_id, "route", _write({"route": journey.line}))
        except (RedisError, OSError) as fault:
            log.warning("route not shared", visit=visit.booking_id, fault=str(fault))

    async def _tell_road(self, visit_id: str, road: RouteLine) -> None:
        try:
            await self._channel.tell(visit_id, "route", _write({"route": road}))
        except (RedisError, OSError) as fault:
            log.warning("route not shared", visit=visit_id, fault=str(fault))


def _targets(under_way: list[Visit]) -> dict[str, Target]:
    """Find each technician's journey: to whom they travel, else where they are."""
    targets: dict[str, Target] = {}
    for visit in sorted(under_way, key=lambda visit: (not visit.is_traveling, visit.starts_at)):
        if visit.set_off_at is not None and visit.resource_id not in targets:
            targets[visit.resource_id] = Target(fence.Journey(visit.booking_id, visit.set_off_at), visit.place)
    return targets
