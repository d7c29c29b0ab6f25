"""`/staff`: the day, the messages, and enrolment links."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from hub.domain.messages import MessageKind, MessageState
from hub.store import outbox
from hub.store.outbox import MessageFacts
from hub.store.tables import contact, enrolment, message, resource
from hub.web.forms import FIELD
from tests.builders import BuiltDirectory, BuiltVisit, build_directory, build_visit
from tests.integration.hub import RunningHub
from tests.integration.visitor import Visitor
from tests.integration.web.console.test_sign_in import a_dispatcher, sign_in


@asynccontextmanager
async def dispatcher(hub: RunningHub) -> AsyncIterator[tuple[Visitor, BuiltDirectory]]:
    """Give the browser of a dispatcher who is signed in, and their portal."""
    directory = await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        await sign_in(visitor)
        yield visitor, directory


async def a_visit(hub: RunningHub, directory: BuiltDirectory, status: str = "scheduled") -> BuiltVisit:
    """Build a visit of now."""
    async with hub.database.write() as tx:
        return await build_visit(tx, directory=directory, status=status, starts_at=datetime.now(UTC))


def enrolment_form(directory: BuiltDirectory) -> str:
    return f"/staff/technicians/{directory.resource_id}/enrolment"


async def enrolments(hub: RunningHub) -> int:
    async with hub.database.read() as tx:
        return (await tx.execute(select(func.count()).select_from(enrolment))).scalar_one()


async def tell(hub: RunningHub, visit: BuiltVisit, state: MessageState, error: str | None = None) -> None:
    """Write a message of a state."""
    now = datetime.now(UTC)
    facts = MessageFacts(
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        window_earliest=now,
        window_latest=now + timedelta(hours=1),
        sequence=0,
        canceled=False,
    )
    async with hub.database.write() as tx:
        id_ = await outbox.append(
            tx,
            portal_id=visit.directory.portal_id,
            booking_id=visit.booking_id,
            contact_id=visit.directory.contact_id,
            kind=MessageKind.BOOKED,
            facts=facts,
            now=now,
        )
        await tx.execute(update(message).where(message.c.id == id_).values(state=state, last_error=error))


async def test_the_days_visits_are_listed(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await a_visit(hub, directory)
        async with hub.database.write() as tx:
            await build_visit(tx, directory=directory, starts_at=datetime.now(UTC) + timedelta(days=2))
        page = await visitor.open("/staff")
    assert page.text.count('data-testid="visit"') == 1
    for fact in ("Aino Aalto", "Fredrikinkatu 20, Helsinki", "Boiler check", "Tero Virtanen", "Scheduled"):
        assert fact in page.text


async def test_what_is_over_stands_apart(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await a_visit(hub, directory, "completed")
        page = await visitor.open("/staff")
    assert "Nothing more to come today" in page.text
    assert "Over already: 1" in page.text


async def test_a_long_day_is_folded(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        for _ in range(23):
            await a_visit(hub, directory)
        page = await visitor.open("/staff")
    assert "Later today: 3" in page.text
    assert page.text.count('data-testid="visit"') == 23


async def test_the_last_messages_say_what_went_wrong(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        visit = await a_visit(hub, directory)
        await tell(hub, visit, MessageState.FAILED, "550 no such <user>")
        for _ in range(20):
            await tell(hub, visit, MessageState.SENT)
        page = await visitor.open("/staff")
        assert page.text.count('data-testid="message"') == 20
        assert "550" not in page.text
        await tell(hub, visit, MessageState.FAILED, "550 no such <user>")
        page = await visitor.open("/staff")
    assert "550 no such &lt;user&gt;" in page.text
    assert "Failed" in page.text
    assert "aino@example.org" in page.text


async def test_other_portals_are_not_seen(hub: RunningHub) -> None:
    async with hub.database.write() as tx:
        other = await build_directory(tx)
        await tx.execute(update(resource).values(name="Somebody Else"))
        await tx.execute(update(contact).values(name="Their Customer"))
    theirs = await a_visit(hub, other)
    await tell(hub, theirs, MessageState.SENT)
    async with dispatcher(hub) as (visitor, _directory):
        page = await visitor.open("/staff")
        assert "Somebody Else" not in page.text
        assert "Their Customer" not in page.text
        mine = next(form for form in re.findall(r'action="(/staff/technicians/[^"]+)"', page.text))
        token = re.findall(r'name="form_token" value="(\w+)"', page.text)[-1]
        assert mine != enrolment_form(other)
        assert (await visitor.post(enrolment_form(other), **{FIELD: token})).status_code == 403
    assert await enrolments(hub) == 0


async def test_an_enrolment_link_is_made_by_the_button_alone_and_works(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        page = await visitor.open("/staff")
        assert (await visitor.open(enrolment_form(directory))).status_code == 405
        assert (await visitor.post(enrolment_form(directory))).status_code == 403
        assert await enrolments(hub) == 0
        made = await visitor.press(page, enrolment_form(directory))
        again = await visitor.open("/staff")
    found = re.search(r'href="http://hub.test(/tech/enrol/[\w-]+)"', made.text)
    assert found
    assert found[1] not in again.text
    assert re.search(r'<div class="issued-code"[^>]*><svg [^>]*viewBox', made.text)
    assert "style=" not in made.text  # the policy forbids it
    async with Visitor(hub) as phone:
        answer = await phone.press(await phone.open(found[1]), found[1])
        assert answer.headers["location"] == "/tech"


async def test_strangers_make_no_links(hub: RunningHub) -> None:
    directory = await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        answer = await visitor.post(enrolment_form(directory))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/staff/sign-in")
    assert await enrolments(hub) == 0


async def test_an_unknown_technician_is_none(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, _directory):
        page = await visitor.open("/staff")
        (form,) = re.findall(r'action="(/staff/technicians/[^"]+)"', page.text)
        async with hub.database.write() as tx:
            await tx.execute(update(resource).values(active=False))
        assert (await visitor.press(page, form)).status_code == 404


async def test_names_with_markup_stay_text(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await a_visit(hub, directory)
        async with hub.database.write() as tx:
            await tx.execute(update(contact).values(name='"><script>alert(1)</script>'))
            await tx.execute(update(resource).values(name='"><script>alert(1)</script>\r\nX: y'))
        page = await visitor.open("/staff")
        made = await visitor.press(page, enrolment_form(directory))
    for shown in (page, made):
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text
