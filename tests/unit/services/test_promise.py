"""What is promised for a time that nobody offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.domain.intervals import Interval
from hub.domain.start_times import TimeGroup
from hub.services.promise import promised_window
from hub.store.service_types import ServiceType

HELSINKI = ZoneInfo("Europe/Helsinki")
AT = datetime(2026, 11, 24, 8, 7, tzinfo=UTC)  # 10:07 in Helsinki
MORNING = TimeGroup(8 * 3_600, 12 * 3_600)


def _service(groups: list[TimeGroup] | None) -> ServiceType:
    return ServiceType(
        id="st", portal_id="po", name="Check", duration_s=1_800, arrival_window_s=2_700, time_groups=groups
    )


def test_the_window_begins_with_the_visit() -> None:
    assert promised_window(_service(None), AT, HELSINKI) == Interval(AT, AT + timedelta(minutes=45))


def test_a_time_group_of_the_customers_day_is_promised_as_a_whole() -> None:
    window = promised_window(_service([MORNING]), AT, HELSINKI)

    assert window == Interval(AT.replace(hour=6, minute=0), AT.replace(hour=10, minute=0))


def test_outside_of_all_groups_the_window_begins_with_the_visit() -> None:
    late = AT.replace(hour=13)
    assert promised_window(_service([MORNING]), late, HELSINKI) == Interval(late, late + timedelta(minutes=45))
