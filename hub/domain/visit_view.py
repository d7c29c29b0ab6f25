"""What a watcher of a visit may see: the privacy rules, in one place.

The technician, their position, the route, the arrival time and when they were last seen are shown only while
they travel to this customer; position and arrival time not even then once the position is lost. A portal's rules
(`hub.domain.visibility`) may show less: an area instead of the place, no name, nothing any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec import UNSET, UnsetType

from hub.domain import visibility
from hub.domain.freshness import freshness_of
from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import (
    Eta,
    Freshness,
    FreshnessMessage,
    LivePosition,
    RouteLine,
    Snapshot,
    StatusMessage,
    Technician,
    VisitFacts,
    Window,
)
from hub.domain.ping import Ping
from hub.domain.policies import allowed_actions
from hub.domain.visit import Visit


class LiveFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a technician under way, before the rules are applied."""

    position: LivePosition | None = None
    eta: Eta | None = None
    last_seen_at: datetime | None = None
    route: RouteLine | None = None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a message that depend on the rules."""

    position: LivePosition | None
    eta: Eta | None
    freshness: Freshness
    last_seen_at: datetime | None


def shown(visit: Visit, live: LiveFacts, now: datetime, lost_after: timedelta) -> Shown:
    """Apply the rules at `now`."""
    if not visit.shows_position:
        return Shown(position=None, eta=None, freshness=Freshness.LOST, last_seen_at=None)
    freshness = freshness_of(live.last_seen_at, now, lost_after)
    lost = freshness is Freshness.LOST
    position, eta = live.position, live.eta
    if visit.sight.rules.has_areas and position is not None and not lost and not is_exact(visit, position, eta, now):
        position, eta = visibility.area_around(position), visibility.in_minutes(eta)
    return Shown(
        position=None if lost else position,
        eta=None if lost else eta,
        freshness=freshness,
        last_seen_at=live.last_seen_at,
    )


def is_exact(visit: Visit, position: LivePosition | None, eta: Eta | None, now: datetime) -> bool:
    """Tell whether the visit's customer may see this position itself, and so the road; else only the area around it."""
    rules = visit.sight.rules
    if not rules.has_areas:
        return True
    return position is not None and visibility.is_exact(rules, position, eta, visit.place, now)


def road(visit: Visit, live: LiveFacts, now: datetime) -> RouteLine | None:
    """Give the road to those who may see the place on it."""
    return live.route if visit.shows_position and is_exact(visit, live.position, live.eta, now) else None


def snapshot(
    visit: Visit, live: LiveFacts, seq: int, now: datetime, lost_after: timedelta, scope: LinkScope
) -> Snapshot:
    """Describe everything a watcher with a link of this scope may see."""
    seen = shown(visit, live, now, lost_after)
    return Snapshot(
        seq=seq,
        server_time=now,
        visit=visit_facts(visit, scope, now),
        technician=technician(visit),
        position=seen.position,
        eta=seen.eta,
        stops_before=visit.stops_before,
        route=road(visit, live, now),
        freshness=seen.freshness,
        last_seen_at=seen.last_seen_at,
        paused=_paused(visit),
    )


def status_message(
    visit: Visit, live: LiveFacts, seq: int, now: datetime, lost_after: timedelta, scope: LinkScope
) -> StatusMessage:
    """Describe a visit that changed, to a watcher with a link of this scope."""
    seen = shown(visit, live, now, lost_after)
    return StatusMessage(
        seq=seq,
        visit=visit_facts(visit, scope, now),
        technician=technician(visit),
        position=seen.position,
        eta=seen.eta,
        freshness=seen.freshness,
        last_seen_at=seen.last_seen_at,
        paused=_paused(visit),
    )


def freshness_message(
    visit: Visit, live: LiveFacts, seq: int, now: datetime, lost_after: timedelta
) -> FreshnessMessage:
    """Describe a position that grew old."""
    seen = shown(visit, live, now, lost_after)
    return FreshnessMessage(
        seq=seq,
        freshness=seen.freshness,
        last_seen_at=seen.last_seen_at,
        position=seen.position,
        eta=seen.eta,
    )


def visit_facts(visit: Visit, scope: LinkScope, now: datetime) -> VisitFacts:
    """Describe the booking itself, and what a link of this scope may do with it now."""
    return VisitFacts(
        id=visit.booking_id,
        status=visit.status,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        window=Window(visit.window_earliest, visit.window_latest),
        address=visit.address,
        lat=visit.place.lat,
        lon=visit.place.lon,
        service=visit.service,
        time_zone=visit.time_zone,
        can=[str(action) for action in allowed_actions(scope, visit.status, visit.change_until, visit.undo_until, now)],
    )


def technician(visit: Visit) -> Technician | None:
    """Tell who comes, while they travel to this customer: the portal's name where theirs is not told."""
    if not visit.shows_technician:
        return None
    rules = visit.sight.rules
    return Technician(
        name=visit.technician_name if rules.name else visit.portal_name,
        photo_url=visit.technician_photo_url if rules.photo else None,
        phone=visit.technician_phone if rules.phone else None,
    )


def _paused(visit: Visit) -> bool | UnsetType:
    return True if visit.shows_technician and visit.sight.paused else UNSET


def live_position(ping: Ping) -> LivePosition:
    """Keep of a ping what watchers may know."""
    return LivePosition(
        lat=ping.lat,
        lon=ping.lon,
        at=ping.at,
        heading_deg=ping.heading_deg,
        speed_mps=ping.speed_mps,
        accuracy_m=ping.accuracy_m,
    )
