"""Which visit counts now, what comes next, and when a day begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from hub.domain.booking_status import ENDED, NEXT, BookingStatus
from hub.domain.technician_day import MAIN_STEP, SIDE_STEPS, STEPS, current_visit, local_days
from tests.builders import NOW

S = BookingStatus


class OfDay(NamedTuple):
    """A visit as far as it matters here."""

    status: BookingStatus
    starts_at: datetime


def of_day(status: BookingStatus, hours: float) -> OfDay:
    return OfDay(status, NOW + timedelta(hours=hours))


@pytest.mark.parametrize("status", BookingStatus)
def test_every_step_is_one_that_the_booking_allows(status: BookingStatus) -> None:
    offered = {*([MAIN_STEP[status]] if status in MAIN_STEP else []), *SIDE_STEPS.get(status, ())}
    assert offered <= set(NEXT[status])
    assert bool(offered) is (status not in ENDED)
    assert S.CANCELED not in offered
    assert offered <= STEPS


def test_a_visit_under_way_comes_first() -> None:
    early, under_way = of_day(S.SCHEDULED, 0), of_day(S.TRAVELING, 3)
    assert current_visit([early, under_way]) is under_way


def test_else_the_next_one_that_is_not_over() -> None:
    over, later, next_one = of_day(S.COMPLETED, -2), of_day(S.SCHEDULED, 4), of_day(S.SCHEDULED, 1)
    assert current_visit([over, later, next_one]) is next_one


def test_when_all_is_done_there_is_none() -> None:
    assert current_visit([of_day(S.COMPLETED, -2), of_day(S.CANCELED, 1)]) is None


def test_a_day_is_one_by_the_portals_clock() -> None:
    since, before = local_days(datetime(2026, 11, 23, 22, 30, tzinfo=UTC), ZoneInfo("Europe/Helsinki"))
    assert since == datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    assert before == datetime(2026, 11, 24, 22, 0, tzinfo=UTC)


def test_the_day_on_which_clocks_change_is_longer() -> None:
    since, before = local_days(datetime(2026, 10, 25, 12, 0, tzinfo=UTC), ZoneInfo("Europe/Helsinki"), 2)
    assert before.astimezone(UTC) - since.astimezone(UTC) == timedelta(hours=49)
