"""One visit under way, as this process knows it: its road, how far along it the technician is, when they arrive."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, TypeGuard

from hub.domain.eta import estimate
from hub.domain.eta_correction import Correction
from hub.domain.eta_model import NOTHING_LEARNED, EtaModel
from hub.domain.geofence import Fence
from hub.domain.live_messages import Eta, EtaSource, RouteLine
from hub.domain.ping import Ping
from hub.domain.prediction import Prediction
from hub.domain.route_following import Following, follow
from hub.domain.route_progress import PreparedRoute, Progress
from hub.domain.routing import Route, encode
from hub.domain.shown_arrival import ShownArrival, show, stands, while_delayed
from hub.domain.stops import NO_STOPS, StopsBefore
from hub.domain.visibility import Veiled, veil
from hub.domain.visit import Visit
from hub.domain.visit_view import LiveFacts, is_exact
from hub.store.route_store import RENEW_AT_MOST_EVERY_S

RECKON_EVERY = timedelta(seconds=1)
"""Phones tell a position a second at most. Where more come, after a gap, the arrival that is shown stands meanwhile."""
RETRY_ROAD_S = 30.0
"""How long a straight line serves in place of a road before the router is asked again."""


class Arrival(NamedTuple):
    """The arrival to show, and what is new about it."""

    eta: Eta | None
    shown: ShownArrival | None = None
    """Where it moved: from now on this is shown."""
    prediction: Prediction | None = None
    """Where it moved: what is to be kept of that."""


class Journey:
    """Made when somebody sets off, forgotten when the way is over."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.stops: StopsBefore = NO_STOPS
        self.prepared: PreparedRoute | None = None
        self.line: RouteLine | None = None
        self.following: Following | None = None
        self.asked_at_s = -RETRY_ROAD_S
        self.veiled: Veiled | None = None
        """What customers see in place of the technician, where they do not see the place itself."""
        self.told_line: RouteLine | None = None
        """The road of which watchers were told what is left, where that depends on the place."""
        self._model = NOTHING_LEARNED
        self._learned: Correction | None = None
        self._shown: tuple[ShownArrival | None, Eta | None] = (None, None)
        self.reckoned_at: datetime | None = None
        """When the arrival was last looked at anew."""
        self._stood: ShownArrival | None = None
        """What was shown then; where another process was faster, the same ping is judged again without it."""
        self._widened: tuple[Eta | None, Eta | None] = (None, None)

    def take_route(self, route: Route) -> None:
        """Go on along another route. A straight line is no road to show, and one through others' homes is not shown."""
        self.prepared, self.following, self.reckoned_at = PreparedRoute(route), None, None
        is_shown = route.source is EtaSource.ROUTE and not route.via
        self.line = RouteLine(route.polyline6) if is_shown else None
        self._learn(self._model)

    @property
    def progress(self) -> Progress | None:
        """Give the place along the route; None while there is no route, or nobody was seen on it."""
        return self.following.progress if self.following else None

    def estimate(self, ping: Ping, now: datetime, model: EtaModel) -> Eta | None:
        """Project the position onto the route and estimate the arrival; None while there is no route."""
        if self.prepared is None:
            return None
        if model is not self._model:
            self._learn(model)
        self.following = follow(self.prepared, self.following, ping.place, ping.accuracy_m, ping.at)
        source, stops_s = self.prepared.route.source, self.stops.left_s(now)
        return estimate(self.following.progress, source, ping.at, now, self._learned, stops_s)

    def arrival(self, ping: Ping, fence: Fence | None, now: datetime, model: EtaModel) -> Arrival:
        """Tell the arrival to show after a ping: the one that is shown stands for as long as it may."""
        if self._is_watched_by(fence) and fence.shown is not None and self._has_just_stood(fence.shown, now):
            return Arrival(self._eta_of(fence.shown))
        eta, self.reckoned_at = self.estimate(ping, now, model), now
        if eta is None or not self._is_watched_by(fence):
            return Arrival(eta)
        if fence.shown is not None and stands(fence.shown, eta):
            self._stood = fence.shown
            return Arrival(self._eta_of(fence.shown))
        self._stood = shown = show(eta)
        return Arrival(self._eta_of(shown), shown, self._prediction(shown.eta, ping))

    def shown_arrival(self, ping: Ping, fence: Fence | None, now: datetime, model: EtaModel) -> Eta | None:
        """Tell the arrival that is shown, else what is expected."""
        eta = self.estimate(ping, now, model)
        return self._eta_of(fence.shown) if self._is_watched_by(fence) and fence.shown is not None else eta

    def while_delayed(self, eta: Eta, unseen: timedelta) -> Eta:
        """Widen an arrival whose position is delayed; many pings that come late share one arrival."""
        known, wider = self._widened
        if wider is None or known is not eta:
            wider = while_delayed(eta, unseen)
            self._widened = eta, wider
        return wider

    def _is_watched_by(self, fence: Fence | None) -> TypeGuard[Fence]:
        return (
            fence is not None
            and fence.booking_id == self.visit.booking_id
            and fence.set_off_at == self.visit.set_off_at
        )

    def _has_just_stood(self, shown: ShownArrival, now: datetime) -> bool:
        """Tell whether this arrival was shown after the last look, a moment ago, and not what moved in vain."""
        looked = self.reckoned_at
        just = looked is not None and looked <= now < looked + RECKON_EVERY  # a clock may be set back
        return just and shown is self._stood

    def _prediction(self, eta: Eta, ping: Ping) -> Prediction:
        assert self.following is not None  # noqa: S101 - the estimate followed the ping
        assert self.visit.set_off_at is not None  # noqa: S101 - a fence watches over this way
        return Prediction(
            booking_id=self.visit.booking_id,
            set_off_at=self.visit.set_off_at,
            resource_id=self.visit.resource_id,
            computed_at=eta.computed_at,
            position_at=ping.at,
            lat=ping.lat,
            lon=ping.lon,
            router_left_s=round(self.following.progress.remaining_s, 1),
            stops_s=round(self.stops.left_s(eta.computed_at), 1),
            predicted_at=eta.at,
            earliest=eta.earliest,
            latest=eta.latest,
            confidence=eta.confidence,
            source=eta.source,
            model_version=self._model.version,
        )

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
        """Tell whether to ask for a route: there is none, it was left, leads elsewhere, or is only a straight line."""
        waited_s = now_s - self.asked_at_s
        if waited_s < RENEW_AT_MOST_EVERY_S:
            return False
        if self.prepared is None or (self.following is not None and self.following.has_left):
            return True
        if self.prepared.route.via != self.stops.via:
            return True
        return self.prepared.route.source is not EtaSource.ROUTE and waited_s >= RETRY_ROAD_S

    def _learn(self, model: EtaModel) -> None:
        """Correct the route's times by what was learned: once for both, so that each ping costs next to nothing."""
        self._model, self._learned = model, None
        if self.prepared is not None and model.has_learned:
            self._learned = Correction(model, self.prepared.route, self.visit.resource_id, self.visit.time_zone)

    def _eta_of(self, shown: ShownArrival) -> Eta:
        known, eta = self._shown
        if eta is None or known is not shown:
            eta = shown.eta
            self._shown = shown, eta
        return eta
