"""`/staff/map` and `/staff/visits/{id}`: the list tells what the map shows, without script."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from hub.domain.messages import MessageState
from hub.store import resources
from hub.store.resources import ResourceTerritory, Territory
from hub.store.tables import booking, contact, resource
from tests.builders import BuiltDirectory, BuiltVisit, build_directory, build_resource, build_visit
from tests.integration.hub import RunningHub
from tests.integration.visitor import Visitor
from tests.integration.web.console.test_today import a_visit, dispatcher, tell

HOUR = timedelta(hours=1)


async def a_day(hub: RunningHub, directory: BuiltDirectory) -> None:
    """Let one be late, one at risk and one in time, in two territories."""
    now = datetime.now(UTC)
    async with hub.database.write() as tx:
        await tx.execute(update(resource).values(name="Late Larsson"))
        north, south = (
            Territory(id=f"te_{name}", portal_id=directory.portal_id, name=name) for name in ("North", "South")
        )
        await resources.insert_territories(tx, [north, south])
        for name, window_min, area in (
            ("Timely Tuominen", 300, south),
            ("Risky Rantanen", 5, south),
            ("Late Larsson", -10, north),
        ):
            late = name == "Late Larsson"
            who = directory.resource_id if late else await build_resource(tx, directory.portal_id)
            await tx.execute(update(resource).where(resource.c.id == who).values(name=name))
            await resources.assign_territories(tx, [ResourceTerritory(who, area.id)])
            visit = await build_visit(tx, directory=directory, resource_id=who, status="traveling", starts_at=now)
            changed = update(booking).where(booking.c.id == visit.booking_id)
            until = now + timedelta(minutes=window_min)
            await tx.execute(changed.values(window_earliest=until - HOUR, window_latest=until))


def names(text: str) -> list[str]:
    """Read who is listed, in order."""
    rows = text.split("<template")[0]
    return re.findall(r'data-part="who" href="[^"]+">([^<]+)<', rows)


async def test_those_in_trouble_come_first_and_lead_to_visit_and_technician(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await a_day(hub, directory)
        page = await visitor.open("/staff/map")
        assert names(page.text) == ["Late Larsson", "Risky Rantanen", "Timely Tuominen"]
        assert "1 late, 1 at risk, 3 technicians in all" in page.text
        assert f'href="/staff/technicians/{directory.resource_id}"' in page.text
        (first, *_) = re.findall(r'href="(/staff/visits/[^"]+)"', page.text)
        visit = await visitor.open(first)
    assert visit.status_code == 200
    for fact in ("Aino Aalto", "Late Larsson", "Fredrikinkatu 20, Helsinki", "On the way", ">Late<"):
        assert fact in visit.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lateness=late", ["Late Larsson"]),
        ("lateness=at_risk", ["Late Larsson", "Risky Rantanen"]),
        ("territory=te_South", ["Risky Rantanen", "Timely Tuominen"]),
        ("territory=te_South&lateness=late", []),
        ("territory=nothing", []),
        ("lateness=whatever", ["Late Larsson", "Risky Rantanen", "Timely Tuominen"]),
    ],
)
async def test_territory_and_lateness_narrow_the_list(hub: RunningHub, query: str, expected: list[str]) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await a_day(hub, directory)
        page = await visitor.open(f"/staff/map?{query}")
    assert names(page.text) == expected
    hidden = re.search(r'<p id="fleet-empty" class="empty"( hidden)?>', page.text)
    assert hidden
    assert bool(hidden[1]) == bool(expected)


async def test_a_visit_tells_what_its_customer_was_told_and_no_others(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        mine, other = await a_visit(hub, directory), await a_visit(hub, directory)
        await tell(hub, mine, MessageState.FAILED, "550 no such user")
        await tell(hub, other, MessageState.SENT)
        page = await visitor.open(f"/staff/visits/{mine.booking_id}")
    assert page.text.count('data-testid="message"') == 1
    assert "550 no such user" in page.text


async def test_another_portals_visits_and_technicians_are_unknown(hub: RunningHub) -> None:
    async with hub.database.write() as tx:
        other: BuiltVisit = await build_visit(tx, directory=await build_directory(tx), starts_at=datetime.now(UTC))
        await tx.execute(update(resource).values(name="Somebody Else"))
    async with dispatcher(hub) as (visitor, _):
        assert "Somebody Else" not in (await visitor.open("/staff/map")).text
        for unknown in (other.booking_id, "nothing", "%00"):
            assert (await visitor.open(f"/staff/visits/{unknown}")).status_code == 404


async def test_strangers_sign_in_first(hub: RunningHub) -> None:
    async with Visitor(hub) as visitor:
        for path in ("/staff/map", "/staff/visits/bk_1"):
            answer = await visitor.open(path)
            assert answer.headers["location"].startswith("/staff/sign-in?next=")


async def test_names_with_markup_stay_text(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        visit = await a_visit(hub, directory)
        async with hub.database.write() as tx:
            await tx.execute(update(contact).values(name='"><script>alert(1)</script>'))
            await tx.execute(update(resource).values(name='"><script>alert(1)</script>'))
        for path in ("/staff/map", f"/staff/visits/{visit.booking_id}"):
            page = await visitor.open(path)
            assert page.status_code == 200
            assert "<script>alert" not in page.text
