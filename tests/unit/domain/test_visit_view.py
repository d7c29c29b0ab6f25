"""Decide what customers may see of a technician."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.booking_status import BookingStatus
from hub.domain.eta import estimate
from hub.domain.link_scope import LinkScope
from hub.domain.live_messages import EtaSource, Freshness, RouteLine
from hub.domain.ping import Ping
from hub.domain.route_progress import Progress
from hub.domain.visit_view import LiveFacts, freshness_message, live_position, shown, snapshot, status_message
from tests.builders import NOW
from tests.unit.domain.visits import visit

S = BookingStatus
LOST_AFTER = timedelta(seconds=120)
SECRETS = ("Tero", "+358", "photo.jpg", "60.123456", "route-of-the-technician", "re_1", "2026-11-23T13")
"""What only those may see to whom the technician travels; see `_live`."""

others = st.sampled_from([status for status in S if status is not S.TRAVELING])
ages_s = st.floats(-60, 3_000)


def _live(age_s: float) -> LiveFacts:
    at = NOW - timedelta(seconds=age_s)
    ping = Ping(lat=60.123456, lon=24.94, at=at, accuracy_m=5, speed_mps=9, heading_deg=90, battery=0.777)
    return LiveFacts(
        position=live_position(ping),
        eta=estimate(Progress(0, 0, 0, 300), EtaSource.ROUTE, at, NOW),
        last_seen_at=at,
        route=RouteLine("route-of-the-technician"),
    )


@given(others, ages_s)
def test_unless_the_technician_travels_here_nothing_tells_of_them(status: BookingStatus, age_s: float) -> None:
    seen, live = visit(status, starts_at=NOW, window_earliest=NOW), _live(age_s)

    for message in (
        snapshot(seen, live, 1, NOW, LOST_AFTER, LinkScope.TRACK),
        status_message(seen, live, 1, NOW, LOST_AFTER, LinkScope.TRACK),
        freshness_message(seen, live, 1, NOW, LOST_AFTER),
        shown(seen, live, NOW, LOST_AFTER),
    ):
        text = msgspec.json.encode(message).decode()
        assert not [secret for secret in SECRETS if secret in text]
        told = msgspec.to_builtins(message)
        hidden = {name: told.get(name) for name in ("technician", "position", "eta", "route", "last_seen_at")}
        assert set(hidden.values()) == {None}
        assert told["freshness"] == "lost"


@given(ages_s)
def test_a_lost_position_is_hidden_with_its_arrival_and_only_then(age_s: float) -> None:
    told = snapshot(visit(), _live(age_s), 1, NOW, LOST_AFTER, LinkScope.TRACK)

    lost = told.freshness is Freshness.LOST
    assert lost == (NOW - _seen(age_s) > LOST_AFTER)
    assert (told.position is None, told.eta is None) == (lost, lost)
    assert told.last_seen_at == _seen(age_s)
    assert told.technician is not None
    assert told.route is not None


def _seen(age_s: float) -> datetime:
    return NOW - timedelta(seconds=age_s)


@pytest.mark.parametrize(("age_s", "freshness"), [(5, "live"), (31, "delayed"), (121, "lost")])
def test_each_message_tells_how_fresh_the_position_is(age_s: float, freshness: str) -> None:
    looking = [partial(make, scope=LinkScope.TRACK) for make in (snapshot, status_message)]
    for make in (*looking, freshness_message):
        assert make(visit(), _live(age_s), 7, NOW, LOST_AFTER).freshness == freshness


def test_a_snapshot_tells_everything_to_whom_the_technician_travels() -> None:
    told = msgspec.to_builtins(snapshot(visit(), _live(5), 41, NOW, LOST_AFTER, LinkScope.TRACK))

    assert (told["type"], told["seq"], told["server_time"]) == ("snapshot", 41, "2026-11-23T14:00:00Z")
    assert told["technician"] == {"name": "Tero Virtanen", "photo_url": "/photo.jpg", "phone": "+358401234567"}
    assert set(told["position"]) == {"lat", "lon", "at", "heading_deg", "speed_mps", "accuracy_m"}
    assert told["route"] == {"polyline6": "route-of-the-technician"}
    assert told["stops_before"] == 2
    assert told["visit"] == {
        "id": "bk_1",
        "status": "traveling",
        "starts_at": "2026-11-23T14:10:00Z",
        "ends_at": "2026-11-23T14:40:00Z",
        "window": {"earliest": "2026-11-23T14:00:00Z", "latest": "2026-11-23T16:00:00Z"},
        "address": "Fredrikinkatu 20, Helsinki",
        "lat": 60.1635,
        "lon": 24.9385,
        "service": "Boiler check",
        "time_zone": "Europe/Helsinki",
        "can": [],
    }


def test_a_technician_who_was_never_seen_is_named_but_lost() -> None:
    told = snapshot(visit(), LiveFacts(), 1, NOW, LOST_AFTER, LinkScope.TRACK)

    assert told.technician is not None
    assert (told.position, told.eta, told.last_seen_at) == (None, None, None)
    assert told.freshness is Freshness.LOST


def test_the_battery_of_a_phone_is_nobodys_business() -> None:
    assert "0.777" not in msgspec.json.encode(snapshot(visit(), _live(5), 1, NOW, LOST_AFTER, LinkScope.TRACK)).decode()
