"""Follow technicians under way: which visit they travel to, along which route, and when they arrive."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from redis.exceptions import RedisError

from hub.domain import geofence
from hub.domain.eta_model import NOTHING_LEARNED, EtaModel
from hub.domain.freshness import LIVE_FOR
from hub.domain.geodesy import Point
from hub.domain.geofence import Fence
from hub.domain.live_messages import Eta, RouteLine
from hub.domain.ping import Ping
from hub.domain.ping_filter import PingState
from hub.domain.stops import NO_STOPS, Stop, stops_before
from hub.domain.visibility import Sight
from hub.domain.visit import Visit
from hub.domain.visit_view import LiveFacts, live_position, shown
from hub.services.journey import Arrival, Journey
from hub.services.judge_pings import Observed, Target
from hub.services.measures import ROUTES
from hub.store import visits
from hub.store.database import Database
from hub.store.live_channel import LiveChannel
from hub.store.route_store import RouteStore
from hub.store.routers.port import Router

log = structlog.get_logger()
_write = msgspec.json.Encoder().encode


class Journeys:
    """All visits under way."""

    def __init__(
        self,
        database: Database,
        routes: RouteStore,
        router: Router,
        channel: LiveChannel,
        lost_after: timedelta,
        model: Callable[[], EtaModel] = lambda: NOTHING_LEARNED,
        watched: Callable[[str], bool] = lambda visit_id: True,
    ) -> None:
        """Follow with what `model` gives, which was learned of arrivals and may be another one each time.

        `watched` tells for which visits there is somebody to tell.
        """
        self._database, self._routes, self._router, self._channel = database, routes, router, channel
        self._lost_after, self._model, self._watched = lost_after, model, watched
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
                waiting = any(visit.stops_before for visit in under_way)
                stops = await visits.stops_before(tx, now) if waiting else {}
            self._replace([visit for visit in under_way if visit.shows_technician], stops)
            self._targets = _targets(under_way)
            self._sights = {visit.booking_id: visit.sight for visit in under_way if visit.is_traveling}

    def get(self, visit_id: str) -> Journey | None:
        """Find a visit under way."""
        return self._by_visit.get(visit_id)

    def sight(self, visit_id: str) -> Sight | None:
        """Tell what decides now what the customer sees, None where nobody is on the way."""
        return self._sights.get(visit_id)

    def observe(self, resource_id: str, ping: Ping, fence: Fence | None, now: datetime) -> Observed:
        """Follow an accepted ping: who shall see it, and which arrival; `fence` knows the one that is shown."""
        messages, moved = [], Arrival(None)
        if now - ping.at > self._lost_after:  # as after hours offline: nobody is shown that, so it is no arrival told
            fence = None
        for journey in self._by_resource.get(resource_id, ()):
            if journey.visit.shows_position:
                arrival = journey.arrival(ping, fence, now, self._model())
                if journey.reckoned_at == now:
                    self._want_route(journey, ping.place)
                if self._watched(journey.visit.booking_id):
                    messages.append((journey.visit.booking_id, self._body(journey, ping, arrival.eta, now)))
                moved = arrival if arrival.prediction else moved
        return Observed(messages, moved.shown, moved.prediction)

    def expect(self, visit_id: str, ping: Ping, now: datetime) -> Eta | None:
        """Tell the arrival that is expected now, which is not always the one that customers are shown."""
        journey = self._by_visit.get(visit_id)
        return journey.estimate(ping, now, self._model()) if journey else None

    def traveled_to(self, resource_id: str) -> list[str]:
        """Name the visits that a technician travels to now; more than one only by mistake."""
        return [journey.visit.booking_id for journey in self._by_resource.get(resource_id, ())]

    def target(self, resource_id: str) -> Target | None:
        """Tell whose place a technician travels to or is at."""
        return self._targets.get(resource_id)

    def live_facts(self, visit: Visit, state: PingState | None, now: datetime) -> LiveFacts:
        """Describe where the technician of a visit is, given what is known of them."""
        journey = self._by_visit.get(visit.booking_id)
        ping = state.shown if state else None
        if state is None or ping is None:
            return LiveFacts()
        if journey is None:
            return LiveFacts(position=live_position(ping), last_seen_at=ping.at)
        eta = journey.shown_arrival(ping, state.fence, now, self._model())
        self._want_route(journey, ping.place)
        facts = self._facts(journey, ping, eta, now)
        if journey.visit.sight.rules.has_areas:
            facts = journey.seen(facts, now)
            return msgspec.structs.replace(facts, route=facts.route and journey.road_left())
        return facts

    async def reload_route(self, visit_id: str) -> None:
        """Take the route that another process has found."""
        journey = self._by_visit.get(visit_id)
        if journey and (route := await self._routes.load(visit_id)):
            journey.take_route(route)

    def _facts(self, journey: Journey, ping: Ping, eta: Eta | None, now: datetime) -> LiveFacts:
        if eta is not None and now - ping.at > LIVE_FOR:
            eta = journey.while_delayed(eta, self._lost_after)
        return LiveFacts(position=live_position(ping), eta=eta, last_seen_at=ping.at, route=journey.line)

    def _body(self, journey: Journey, ping: Ping, eta: Eta | None, now: datetime) -> str:
        facts = self._facts(journey, ping, eta, now)
        if journey.visit.sight.rules.has_areas:
            facts = journey.seen(facts, now)
            if facts.route != journey.told_line:
                journey.told_line = facts.route
                if road := facts.route and journey.road_left():
                    self._later(self._tell_road(journey.visit.booking_id, road))
        return _write(shown(journey.visit, facts, now, self._lost_after)).decode()

    def _replace(self, under_way: list[Visit], stops: Mapping[str, Sequence[Stop]]) -> None:
        before, self._by_visit = self._by_visit, {}
        by_resource = defaultdict(list)
        for visit in under_way:
            journey = before.get(visit.booking_id) or Journey(visit)
            if (journey.visit.place, journey.visit.resource_id) != (visit.place, visit.resource_id):
                journey = Journey(visit)
            journey.visit = visit
            journey.stops = stops_before(stops[visit.booking_id]) if visit.booking_id in stops else NO_STOPS
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
            route = await self._router.route(start, visit.place, journey.stops.via)
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
            targets[visit.resource_id] = Target(geofence.Journey(visit.booking_id, visit.set_off_at), visit.place)
    return targets
