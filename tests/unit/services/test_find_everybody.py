"""Put together where technicians are and why they are silent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from hub.domain.booking_status import BookingStatus
from hub.domain.live_messages import Freshness
from hub.domain.ping import Ping
from hub.domain.silence import Silence
from hub.services.find_everybody import Whereabouts, find_everybody
from hub.services.keep_hours import KeepHours
from hub.services.tell_silence import TellSilence
from hub.store.day_visits import DayVisit
from hub.store.devices import DeviceRow
from hub.store.resources import Resource
from tests.builders import NOW
from tests.unit.domain.pings import ping

LOST_AFTER = timedelta(seconds=120)
HOUR_AGO = NOW - timedelta(hours=1)


class Hours(KeepHours):
    """Tracks everybody but those who are named."""

    def __init__(self, *off: str) -> None:
        self.off = off

    def tracked(self, resource_id: str, at: datetime) -> bool:
        """Answer as the test wants it."""
        return resource_id not in self.off


def technician(id_: str = "re_1") -> Resource:
    return Resource(id=id_, portal_id="po_1", name="Tero", base_lat=60.17, base_lon=24.94)


def device(id_: str = "de_1", resource_id: str = "re_1", **known: Any) -> DeviceRow:
    return DeviceRow(
        id=id_, resource_id=resource_id, portal_id="po_1", name="Phone", token_hash=b"", created_at=HOUR_AGO, **known
    )


def visit(status: str, hour: int, resource_id: str = "re_1") -> DayVisit:
    times = dict.fromkeys(("starts_at", "ends_at", "window_earliest", "window_latest"), NOW + timedelta(hours=hour))
    texts = dict.fromkeys(("customer_name", "address", "access_notes", "notes", "service", "technician_name"), "")
    return msgspec.convert(
        {"booking_id": f"bk_{hour}", "status": BookingStatus(status), "customer_phone": None, "lat": 0.0, "lon": 0.0}
        | {"resource_id": resource_id}
        | times
        | texts,
        DayVisit,
    )


def find(
    *devices: DeviceRow, positions: dict[str, Ping] | None = None, visits: list[DayVisit] | None = None, off: str = ""
) -> Whereabouts:
    found = find_everybody(
        [technician(), technician("re_2")],
        positions or {},
        devices,
        visits or [],
        TellSilence(Hours(off), LOST_AFTER),
        now=NOW,
        lost_after=LOST_AFTER,
    )
    assert [one.resource.id for one in found] == ["re_1", "re_2"]
    return found[0]


@pytest.mark.parametrize(("age_s", "freshness"), [(30, Freshness.LIVE), (31, Freshness.DELAYED), (121, Freshness.LOST)])
def test_freshness_is_the_age_of_the_live_position(age_s: float, freshness: Freshness) -> None:
    here = ping(-age_s)

    found = find(positions={"re_1": here, "re_2": ping(0)})

    assert (found.position, found.freshness) == (here, freshness)


def test_who_was_never_seen_is_lost_and_has_no_phone() -> None:
    found = find(device("de_2", "re_2"))

    assert (found.position, found.freshness, found.silence, found.has_device) == (None, Freshness.LOST, None, False)


def test_a_revoked_phone_is_none() -> None:
    assert not find(device(revoked_at=NOW, silence=Silence.SHARING_OFF, silence_at=NOW)).has_device
    assert find(device(revoked_at=NOW, silence=Silence.SHARING_OFF, silence_at=NOW)).silence is None


def test_the_device_that_told_something_last_tells_why() -> None:
    empty = device("de_1", battery=0.02, last_seen_at=HOUR_AGO - timedelta(days=3))
    sharing_off = device("de_2", last_seen_at=HOUR_AGO, silence=Silence.SHARING_OFF, silence_at=HOUR_AGO)

    assert find(empty, sharing_off).silence is Silence.SHARING_OFF
    assert find(sharing_off, empty).silence is Silence.SHARING_OFF


def test_a_position_since_then_ends_what_the_phone_said() -> None:
    said = device(last_seen_at=HOUR_AGO, silence=Silence.LAST_WILL, silence_at=HOUR_AGO)

    assert find(said, positions={"re_1": ping(-5)}).silence is None
    assert find(said, positions={"re_1": ping(-7_200)}).silence is Silence.LAST_WILL


@pytest.mark.parametrize("devices", [(), (device(last_seen_at=HOUR_AGO),)])
def test_outside_tracking_hours_is_a_reason_with_and_without_a_phone(devices: tuple[DeviceRow, ...]) -> None:
    assert find(*devices, off="re_1").silence is Silence.OFF_HOURS
    assert find(*devices, off="re_1", positions={"re_1": ping(-10)}).silence is None


def test_the_visit_of_now_is_the_one_under_way_or_the_next() -> None:
    visits = [visit("completed", -2), visit("scheduled", 1), visit("in_progress", 2), visit("scheduled", 0, "re_2")]

    assert find(visits=visits).visit == visits[2]
    assert find(visits=visits[:2]).visit == visits[1]
    assert find(visits=visits[:1]).visit is None
