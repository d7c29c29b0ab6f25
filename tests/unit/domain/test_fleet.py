"""Compare two looks at the fleet, and tell who comes first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.booking_status import BookingStatus
from hub.domain.fleet import (
    FleetTechnician,
    FleetVisit,
    Kind,
    Moved,
    differences,
    kind_of,
    only_moved,
    urgency,
    whole_minutes,
)
from hub.domain.lateness import Lateness
from hub.domain.live_messages import Eta, EtaSource, Freshness, LivePosition, Window
from hub.domain.silence import Silence
from tests.builders import NOW


def at(lat: float, age_s: float = 0) -> LivePosition:
    moment = NOW - timedelta(seconds=age_s)
    return LivePosition(lat=lat, lon=24.94, at=moment, heading_deg=None, speed_mps=9.5, accuracy_m=8.0)


def technician(id_: str = "re_1", **more: Any) -> FleetTechnician:
    facts: dict[str, Any] = {
        "id": id_,
        "name": "Tero",
        "territories": ("te_1",),
        "visit": None,
        "lateness": None,
        "arrival": None,
        "freshness": Freshness.LIVE,
        "silence": None,
        "last_seen_at": NOW,
        "position": at(60.17),
    }
    return FleetTechnician(**(facts | more))


def visit(latest_min: float = 60) -> FleetVisit:
    window = Window(NOW, NOW + timedelta(minutes=latest_min))
    return FleetVisit(id="bk_1", status=BookingStatus.TRAVELING, starts_at=NOW, window=window, customer="Aino")


def test_who_only_moved_is_told_apart_from_who_has_news() -> None:
    before = {id_: technician(id_) for id_ in ("re_1", "re_2", "re_3")}
    moved = technician("re_1", position=at(60.18))
    news = technician("re_2", position=at(60.18), freshness=Freshness.DELAYED)
    added = technician("re_4")

    found = differences(before, {"re_1": moved, "re_2": news, "re_3": before["re_3"], "re_4": added})

    assert (found.moved, found.news, found.left) == ([moved], [news, added], [])


def test_who_is_no_longer_there_has_left_and_so_has_who_serves_other_territories() -> None:
    before = {"re_1": technician(), "re_2": technician("re_2")}
    elsewhere = technician(territories=("te_2",))

    found = differences(before, {"re_1": elsewhere})

    assert (found.news, found.left) == ([elsewhere], [before["re_1"], before["re_2"]])


def test_a_first_and_a_last_position_are_news() -> None:
    hidden = technician(position=None)
    assert not only_moved(hidden, technician())
    assert not only_moved(technician(), hidden)


whole = st.builds(
    technician,
    st.sampled_from(["re_1", "re_2", "re_3"]),
    territories=st.sampled_from([(), ("te_1",), ("te_1", "te_2")]),
    freshness=st.sampled_from(Freshness),
    silence=st.sampled_from([None, *Silence]),
    lateness=st.sampled_from([None, *Lateness]),
    last_seen_at=st.sampled_from([None, NOW]),
    position=st.one_of(st.none(), st.builds(at, st.floats(-90, 90), st.sampled_from([0, 60]))),
)
fleets = st.lists(whole, max_size=3, unique_by=lambda one: one.id).map(lambda some: {one.id: one for one in some})


@given(fleets, fleets)
def test_whoever_knows_the_first_look_and_hears_the_differences_knows_the_second(
    before: dict[str, FleetTechnician], now: dict[str, FleetTechnician]
) -> None:
    found, known = differences(before, now), dict(before)
    for one in found.left:
        del known[one.id]
    for one in found.news:
        known[one.id] = one
    for one in found.moved:
        assert one.position is not None
        told = Moved(one.id, one.position)
        known[told.id] = msgspec.structs.replace(known[told.id], position=told.position, last_seen_at=told.position.at)
    assert known == now


def test_an_arrival_is_told_in_whole_minutes_rounded_outwards() -> None:
    eta = Eta(
        at=NOW,
        earliest=NOW + timedelta(seconds=59, milliseconds=900),
        latest=NOW + timedelta(seconds=60, milliseconds=1),
        confidence=0.8,
        computed_at=NOW,
        source=EtaSource.ROUTE,
    )
    assert whole_minutes(eta) == Window(NOW, NOW + timedelta(minutes=2))
    assert whole_minutes(msgspec.structs.replace(eta, latest=NOW)) == Window(NOW, NOW)
    assert whole_minutes(None) is None


def test_the_late_come_first_then_who_is_at_risk_each_by_the_end_of_the_promise() -> None:
    free = technician("free")
    later = technician("later", visit=visit(90), lateness=Lateness.ON_TIME)
    sooner = technician("sooner", visit=visit(30), lateness=Lateness.ON_TIME)
    at_risk = technician("at_risk", visit=visit(20), lateness=Lateness.AT_RISK)
    late = technician("late", visit=visit(100), lateness=Lateness.LATE)

    assert [one.id for one in sorted([free, later, at_risk, sooner, late], key=urgency)] == [
        "late",
        "at_risk",
        "sooner",
        "later",
        "free",
    ]


@pytest.mark.parametrize(
    ("lateness", "status", "expected"),
    [
        (Lateness.LATE, "scheduled", Kind.LATE),
        (Lateness.AT_RISK, "traveling", Kind.AT_RISK),
        (Lateness.ON_TIME, "traveling", Kind.TRAVELING),
        (None, "in_progress", Kind.WORKING),
        (None, "on_break", Kind.WORKING),
        (Lateness.ON_TIME, "scheduled", Kind.FREE),
        (None, None, Kind.FREE),
    ],
)
def test_trouble_tells_who_somebody_is_before_what_they_do(
    lateness: Lateness | None, status: str | None, expected: Kind
) -> None:
    doing = msgspec.structs.replace(visit(), status=BookingStatus(status)) if status else None
    assert kind_of(technician(lateness=lateness, visit=doing)) is expected
