"""`/tech`: the technician's visits and their next status."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from hub.store import bookings, events
from hub.store.tables import contact, device, location, session, work_order
from hub.web.forms import FIELD
from tests.builders import BuiltDirectory, BuiltVisit, build_directory, build_enrolment, build_resource, build_visit
from tests.integration.hub import RunningHub, ping_at
from tests.integration.visitor import Visitor, forms_of


@asynccontextmanager
async def enrolled(hub: RunningHub, directory: BuiltDirectory) -> AsyncIterator[Visitor]:
    """Give a technician's phone."""
    async with hub.database.write() as tx:
        _, token = await build_enrolment(tx, directory.resource_id, expires_at=datetime.now(UTC) + timedelta(days=1))
    path = f"/tech/enrol/{token}"
    async with Visitor(hub) as visitor:
        await visitor.press(await visitor.open(path), path)
        yield visitor


async def a_visit(hub: RunningHub, status: str = "scheduled", starts_in_s: float = 60.0) -> BuiltVisit:
    """Build a visit around now."""
    async with hub.database.write() as tx:
        return await build_visit(tx, status=status, starts_at=datetime.now(UTC) + timedelta(seconds=starts_in_s))


async def status_of(hub: RunningHub, visit: BuiltVisit) -> str:
    async with hub.database.read() as tx:
        found = await bookings.get(tx, visit.booking_id)
    assert found is not None
    return found.status


def form_of(visit: BuiltVisit) -> str:
    return f"/tech/visits/{visit.booking_id}/status"


async def test_without_an_enrolment_it_says_what_to_do(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with Visitor(hub) as visitor:
        page = await visitor.open("/tech")
        assert page.status_code == 401
        assert "enrolment link" in page.text
        assert (await visitor.post(form_of(visit), status="traveling")).status_code == 401
    assert await status_of(hub, visit) == "scheduled"


async def test_a_visit_goes_its_way_button_by_button(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        for says, wanted in (
            ("Set off", "traveling"),
            ("I have arrived", "in_progress"),
            ("Take a break", "on_break"),
            ("Carry on", "in_progress"),
            ("Done", "completed"),
        ):
            page = await phone.open("/tech")
            assert re.search(rf'value="{wanted}">\s*{says}\s*</button>', page.text)
            answer = await phone.press(page, form_of(visit), status=wanted)
            assert (answer.status_code, answer.headers["location"]) == (303, "/tech")
            assert await status_of(hub, visit) == wanted
        assert "Nothing more to do" in (await phone.open("/tech")).text
    async with hub.database.read() as tx:
        actors = {event.actor for event in await events.of_booking(tx, visit.booking_id)}
    assert actors == {f"technician:{visit.directory.resource_id}"}


async def test_the_page_tells_what_a_technician_must_know(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with hub.database.write() as tx:
        await tx.execute(update(contact).values(phone="+44 7700 900123"))
        await tx.execute(update(location).values(access_notes="Ring twice"))
        await tx.execute(update(work_order).values(notes="Old boiler"))
    async with enrolled(hub, visit.directory) as phone:
        text = (await phone.open("/tech")).text
    for fact in ("Aino Aalto", "Fredrikinkatu 20, Helsinki", "Boiler check", "Ring twice", "Old boiler"):
        assert fact in text
    assert 'href="tel:+447700900123"' in text
    assert 'href="geo:60.1635,24.9385?q=60.1635' in text


async def test_pressed_twice_a_button_counts_once(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        page = await phone.open("/tech")
        answers = [await phone.press(page, form_of(visit), status="traveling") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    async with hub.database.read() as tx:
        assert len(await events.of_booking(tx, visit.booking_id)) == 1


async def test_a_visit_that_changed_meanwhile_stays_and_is_explained(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        page = await phone.open("/tech")
        await phone.press(page, form_of(visit), status="in_progress")
        late = await phone.press(page, form_of(visit), status="traveling")
    assert late.status_code == 409
    assert "changed meanwhile" in late.text
    assert await status_of(hub, visit) == "in_progress"


@pytest.mark.parametrize("wanted", ["canceled", "nonsense", ""])
async def test_a_status_that_is_no_technicians_business_is_refused(hub: RunningHub, wanted: str) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        answer = await phone.press(await phone.open("/tech"), form_of(visit), status=wanted)
    assert answer.status_code == 422
    assert await status_of(hub, visit) == "scheduled"


async def test_a_form_without_the_browsers_value_changes_nothing(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        answer = await phone.post(form_of(visit), status="traveling", **{FIELD: "made up"})
    assert answer.status_code == 403
    assert "press the button once more" in answer.text
    assert await status_of(hub, visit) == "scheduled"


async def test_other_technicians_visits_are_unknown(hub: RunningHub) -> None:
    mine = await a_visit(hub)
    async with hub.database.write() as tx:
        colleague = await build_resource(tx, mine.directory.portal_id)
        theirs = await build_visit(
            tx, directory=mine.directory, resource_id=colleague, starts_at=datetime.now(UTC) + timedelta(hours=1)
        )
    elsewhere = await a_visit(hub)
    async with enrolled(hub, mine.directory) as phone:
        page = await phone.open("/tech")
        for other in (theirs, elsewhere):
            assert other.booking_id not in page.text
            answer = await phone.post(form_of(other), status="traveling")
            assert answer.status_code == 404
            assert await status_of(hub, other) == "scheduled"
        assert (await phone.post("/tech/visits/%00/status", status="traveling")).status_code == 404


async def test_the_visit_under_way_comes_before_an_earlier_one(hub: RunningHub) -> None:
    now = datetime.now(UTC)
    async with hub.database.write() as tx:
        directory = await build_directory(tx)
        await build_visit(tx, directory=directory, starts_at=now + timedelta(seconds=1))
        under_way = await build_visit(tx, directory=directory, status="traveling", starts_at=now + timedelta(seconds=2))
    async with enrolled(hub, directory) as phone:
        page = await phone.open("/tech")
    assert forms_of(page)[0].action == form_of(under_way)
    assert '"traveling": true' in page.text


async def test_names_with_markup_stay_text(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    evil = '"><script>alert(1)</script>\r\nX: y'
    async with hub.database.write() as tx:
        await tx.execute(update(contact).values(name=evil, phone=evil))
        await tx.execute(update(location).values(address=evil, access_notes=evil))
        await tx.execute(update(work_order).values(notes=evil))
    async with enrolled(hub, visit.directory) as phone:
        page = await phone.open("/tech")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


async def test_the_page_hands_its_script_a_token_that_pings(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        page = await phone.open("/tech")
        found = re.search(r'id="sharing-settings">(.*?)</script>', page.text, re.DOTALL)
        assert found
        settings = msgspec.json.decode(found[1])
        assert page.headers["cache-control"] == "no-store"
    offered = ["enroute.v1", f"bearer.{settings['token']}"]
    async with hub.socket("/api/v1/pings", subprotocols=offered) as socket:
        await socket.send(msgspec.json.encode([ping_at()]).decode())
        assert msgspec.json.decode(await socket.recv()) == {"ack": 1, "accepted": 1}


async def test_a_revoked_phone_is_signed_out(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        async with hub.database.write() as tx:
            await tx.execute(update(device).values(revoked_at=datetime.now(UTC)))
        assert (await phone.open("/tech")).status_code == 401


async def test_after_30_days_the_phone_has_to_be_enrolled_again(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        async with hub.database.write() as tx:
            (stays,) = await tx.execute(select(session.c.created_at, session.c.expires_at))
            assert stays.expires_at - stays.created_at == timedelta(days=30)
            await tx.execute(update(session).values(expires_at=datetime.now(UTC)))
        assert (await phone.open("/tech")).status_code == 401


async def test_signing_out_ends_the_session_itself(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone, Visitor(hub) as thief:
        token = phone.http.cookies["enroute_technician"]
        assert (await phone.open("/tech/sign-out")).status_code == 405
        assert (await phone.post("/tech/sign-out")).status_code == 303
        page = await phone.open("/tech")
        assert page.status_code == 200  # neither a link nor another site signs anybody out
        answer = await phone.press(page, "/tech/sign-out")
        assert answer.status_code == 200
        assert "enroute_technician" not in phone.http.cookies
        thief.http.cookies.set("enroute_technician", token, domain="127.0.0.1")
        assert (await thief.open("/tech")).status_code == 401
