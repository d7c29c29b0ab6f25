"""`/staff/arrivals`: how good told arrivals were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.clock import system_clock
from hub.services.score_arrivals import ScoreArrivals
from tests.integration.hub import RunningHub
from tests.integration.told_arrivals import a_trip
from tests.integration.visitor import Visitor
from tests.integration.web.console.test_today import dispatcher


async def test_the_figures_of_everybody_and_of_each_technician_are_told_in_words(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        now = datetime.now(UTC)
        await a_trip(hub.database, directory=directory, set_off_at=now - timedelta(hours=1), took_min=22)
        await a_trip(hub.database, directory=directory, set_off_at=now - timedelta(days=9), took_min=30)
        await a_trip(hub.database, set_off_at=now - timedelta(hours=2))  # another portal's
        await ScoreArrivals(hub.database, system_clock).work()
        week = await visitor.open("/staff/arrivals")
        month = await visitor.open("/staff/arrivals?days=30")
        strange = await visitor.open("/staff/arrivals?days=x")
        today = await visitor.open("/staff")
    assert "told an arrival 4 times on 1 trips. It was off by 2 min on average." in week.text
    assert "100% of the time the technician came within the range" in week.text
    assert week.text.count('data-testid="figures-technician"') == 1
    assert "Tero Virtanen" in week.text
    assert "on 2 trips. It was off by 6 min on average." in month.text
    assert strange.status_code == 200
    assert 'href="/staff/arrivals"' in today.text


async def test_without_arrivals_the_page_says_so(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, _):
        page = await visitor.open("/staff/arrivals")
    assert page.status_code == 200
    assert "Nobody has arrived yet" in page.text


async def test_strangers_must_sign_in(hub: RunningHub) -> None:
    async with Visitor(hub) as visitor:
        page = await visitor.open("/staff/arrivals")
    assert (page.status_code, page.headers["location"]) == (303, "/staff/sign-in?next=%2Fstaff%2Farrivals")
