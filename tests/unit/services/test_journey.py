"""One visit under way: which arrival is shown, and which road."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from hub.domain.eta_model import NOTHING_LEARNED, EtaModel
from hub.domain.geodesy import METRES_PER_DEGREE, Point
from hub.domain.geofence import Fence
from hub.domain.live_messages import Eta, EtaSource
from hub.domain.ping import Ping
from hub.domain.routing import Route
from hub.domain.shown_arrival import while_delayed
from hub.domain.stops import StopsBefore
from hub.services.journey import Arrival, Journey
from tests.builders import NOW
from tests.unit.domain.visits import visit

SET_OFF = NOW - timedelta(minutes=1)
HOME = Point(60.17 + 6_000 / METRES_PER_DEGREE, 24.94)
STEPS = 120
FENCE = Fence("bk_1", SET_OFF)


def road(*, via: tuple[Point, ...] = (), source: EtaSource = EtaSource.ROUTE) -> Route:
    """Lead six kilometres north in ten minutes."""
    points = tuple(place(6_000 * step / STEPS) for step in range(STEPS + 1))
    at_s = tuple(600 * step / STEPS for step in range(STEPS + 1))
    return Route(points, at_s, 600.0, 6_000.0, source, via)


def place(north_m: float) -> Point:
    return Point(60.17 + north_m / METRES_PER_DEGREE, 24.94)


def ping(second: float, north_m: float, *, age_s: float = 0.0) -> Ping:
    where = place(north_m)
    return Ping(lat=where.lat, lon=where.lon, at=now(second - age_s), accuracy_m=5.0)


def now(second: float) -> datetime:
    return NOW + timedelta(seconds=second)


def journey() -> Journey:
    made = Journey(visit(place=HOME, set_off_at=SET_OFF))
    made.take_route(road())
    return made


class Drive:
    """A way on which each ping's arrival is told to the next, as the judging state does."""

    def __init__(self, *, model: EtaModel = NOTHING_LEARNED) -> None:
        self.journey, self.fence, self.model = journey(), FENCE, model

    def ping(self, second: float, north_m: float) -> Arrival:
        arrival = self.journey.arrival(ping(second, north_m), self.fence, now(second), self.model)
        if arrival.shown is not None:
            self.fence = msgspec.structs.replace(self.fence, shown=arrival.shown)
        return arrival


def expected_s(eta: Eta | None) -> float:
    assert eta is not None
    return (eta.at - NOW).total_seconds()


def test_the_first_arrival_is_shown_and_kept() -> None:
    drive = Drive()
    arrival = drive.ping(0, 0)

    assert expected_s(arrival.eta) == 600
    assert arrival.shown is not None
    assert arrival.shown.eta == arrival.eta
    kept = arrival.prediction
    assert kept is not None
    assert arrival.eta is not None
    assert (kept.booking_id, kept.set_off_at, kept.resource_id) == ("bk_1", SET_OFF, "re_1")
    assert (kept.predicted_at, kept.earliest, kept.latest) == (
        arrival.eta.at,
        arrival.eta.earliest,
        arrival.eta.latest,
    )
    assert (kept.computed_at, kept.position_at, kept.router_left_s, kept.model_version) == (NOW, NOW, 600, 0)


def test_it_stands_for_a_minute_and_then_moves() -> None:
    drive = Drive()
    drive.ping(0, 0)

    moved = [(second, drive.ping(second, 5 * second)) for second in range(5, 65, 5)]  # at half the pace

    assert [second for second, arrival in moved if arrival.prediction] == [60]
    assert {expected_s(arrival.eta) for second, arrival in moved if second < 60} == {600}
    assert expected_s(moved[-1][1].eta) == pytest.approx(630, abs=0.1)


def test_it_moves_at_once_when_it_is_off_by_more_than_two_minutes() -> None:
    drive = Drive()
    drive.ping(0, 0)

    assert drive.ping(5, 850).prediction is None
    assert expected_s(drive.ping(10, 3_500).eta) == pytest.approx(260, abs=0.1)


def test_of_pings_that_come_faster_than_one_a_second_few_are_looked_at() -> None:
    drive = Drive()
    drive.ping(0, 0)

    hasty = [drive.ping(second, 3_500) for second in (0.2, 0.5, 0.9)]
    drive.ping(1.0, 3_500)

    assert {(expected_s(arrival.eta), arrival.prediction) for arrival in hasty} == {(600, None)}
    assert drive.fence.shown is not None
    assert expected_s(drive.fence.shown.eta) == pytest.approx(251, abs=0.1)


def test_an_arrival_that_moved_in_vain_moves_again() -> None:
    drive = Drive()
    drive.ping(0, 0)
    before = drive.fence

    drive.ping(10, 3_500)
    drive.fence = before  # another process was faster, and the ping is judged again

    assert drive.ping(10, 3_500).prediction is not None


def test_a_clock_that_is_set_back_stops_no_arrival() -> None:
    drive = Drive()
    drive.ping(3_600, 0)

    arrival = drive.journey.arrival(ping(5, 0), drive.fence, now(5), drive.model)

    assert expected_s(arrival.eta) == 605


def test_another_road_is_looked_at_with_the_next_ping() -> None:
    drive = Drive()
    drive.ping(0, 0)
    drive.journey.take_route(road())

    assert expected_s(drive.ping(0.2, 3_500).eta) == pytest.approx(250, abs=1)


def test_pings_that_come_late_share_one_wider_arrival() -> None:
    late = journey()
    eta = late.estimate(ping(0, 0), NOW, NOTHING_LEARNED)
    assert eta is not None

    wider = late.while_delayed(eta, timedelta(minutes=2))

    assert wider == while_delayed(eta, timedelta(minutes=2)) != eta
    assert late.while_delayed(eta, timedelta(minutes=2)) is wider
    assert late.while_delayed(wider, timedelta(minutes=2)) == while_delayed(wider, timedelta(minutes=2))


def test_another_way_to_the_visit_begins_with_its_own_arrival() -> None:
    shown = Drive().ping(0, 0).shown
    of_before = Fence("bk_1", SET_OFF - timedelta(hours=1), shown=shown)

    arrival = journey().arrival(ping(30, 0), of_before, now(30), NOTHING_LEARNED)

    assert expected_s(arrival.eta) == 630
    assert arrival.shown is None


def test_a_look_shows_what_was_shown_else_what_is_expected() -> None:
    shown = Drive().ping(0, 0).shown
    watched = msgspec.structs.replace(FENCE, shown=shown)

    assert journey().shown_arrival(ping(30, 0), watched, now(30), NOTHING_LEARNED) == (shown and shown.eta)
    assert expected_s(journey().shown_arrival(ping(30, 0), FENCE, now(30), NOTHING_LEARNED)) == 630
    assert expected_s(journey().shown_arrival(ping(30, 0), None, now(30), NOTHING_LEARNED)) == 630


def test_without_a_road_nothing_is_shown() -> None:
    lost = Journey(visit(set_off_at=SET_OFF))
    assert lost.arrival(ping(0, 0), FENCE, NOW, NOTHING_LEARNED) == Arrival(None)


def test_stops_before_this_visit_delay_it_and_their_road_is_not_shown() -> None:
    delayed = journey()
    stop = place(2_000)
    delayed.stops = StopsBefore((stop,), service_s=900)
    shown_before, wants = delayed.line, delayed.wants_route(1_000)

    delayed.take_route(road(via=(stop,)))

    assert (shown_before is not None, wants, delayed.line) == (True, True, None)
    assert not delayed.wants_route(1_000)
    arrival = delayed.arrival(ping(0, 0), FENCE, NOW, NOTHING_LEARNED)
    assert expected_s(arrival.eta) == 1_500
    assert arrival.prediction is not None
    assert (arrival.prediction.router_left_s, arrival.prediction.stops_s) == (600, 900)


def test_what_was_learned_counts_from_the_next_ping_on() -> None:
    slower = EtaModel(version=3, pace={EtaSource.ROUTE: 1.5}, technicians={"re_1": 2.0})
    drive = Drive()
    drive.ping(0, 0)
    drive.model = slower

    arrival = drive.ping(10, 100)

    assert expected_s(arrival.eta) == pytest.approx(10 + 590 * 3, abs=0.1)
    assert arrival.prediction is not None
    assert (arrival.prediction.model_version, arrival.prediction.router_left_s) == (3, 590)
