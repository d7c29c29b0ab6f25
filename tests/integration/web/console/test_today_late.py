"""`/staff` says whose promise will be missed, and when they are expected instead."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from hub.store.tables import booking
from tests.integration.hub import RunningHub
from tests.integration.web.console.test_today import a_visit, dispatcher

HALF_PAST = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
"""14:30 in Helsinki."""


async def _page(
    hub: RunningHub, predicted_at: datetime, window_latest: datetime = HALF_PAST, status: str = "scheduled"
) -> str:
    """Show today with a visit that is expected and promised so."""
    async with dispatcher(hub) as (visitor, directory):
        visit = await a_visit(hub, directory, status)
        window = {"window_earliest": window_latest - timedelta(hours=1), "window_latest": window_latest}
        async with hub.database.write() as tx:
            change = update(booking).where(booking.c.id == visit.booking_id)
            await tx.execute(change.values(predicted_at=predicted_at, **window))
        return (await visitor.open("/staff")).text


async def test_a_promise_that_will_be_missed_is_named_with_both_times(hub: RunningHub) -> None:
    page = await _page(hub, HALF_PAST + timedelta(minutes=20))

    assert re.search(r"expected (14:50|2:50.PM), promised until (14:30|2:30.PM)", page)


async def test_a_delay_within_the_promise_is_told_quietly(hub: RunningHub) -> None:
    now = datetime.now(UTC)

    page = await _page(hub, now + timedelta(minutes=20), now + timedelta(hours=1))

    assert 'data-testid="expected"' in page
    assert "promised until" not in page


async def test_who_is_in_time_needs_no_words(hub: RunningHub) -> None:
    now = datetime.now(UTC)

    assert 'data-testid="expected"' not in await _page(hub, now + timedelta(minutes=2), now + timedelta(hours=1))


async def test_who_is_done_needs_no_words(hub: RunningHub) -> None:
    assert 'data-testid="expected"' not in await _page(hub, HALF_PAST + timedelta(hours=1), status="completed")
