"""Book a visit by the pages, without script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from hub.clock import system_clock
from hub.store.tables import booking, contact, location, reservation, service_type, work_order
from tests.integration.hub import RunningHub
from tests.integration.web.forms import PlainBrowser
from tests.integration.web.portal.booking_pages import AINO, HOME, Booker, open_to_everybody, rows_of


@pytest.fixture
async def browser(hub: RunningHub) -> AsyncIterator[PlainBrowser]:
    """Open a browser."""
    opened = PlainBrowser(hub)
    yield opened
    await opened.close()


@pytest.fixture
async def booker(hub: RunningHub, browser: PlainBrowser) -> Booker:
    """Let everybody book, and somebody come."""
    return Booker(browser, await open_to_everybody(hub))


async def test_a_visit_is_booked_one_step_a_screen(hub: RunningHub, booker: Booker) -> None:
    begun = await booker.browser.open("/book?lang=en")
    assert begun.headers["location"] == "/book/service?lang=en"
    await booker.open("service")
    for shown in ("Boiler check", "about 30 min", "Clear the way to the boiler."):
        assert shown in booker.browser.page

    await booker.until_confirm()
    for shown in ("This time is kept for you until", "Ring &amp; wait", "Bulevardi 15 &lt;b&gt;", AINO["email"]):
        assert shown in booker.browser.page
    answer = await booker.confirm()

    assert answer.status_code == 303
    assert (await booker.browser.open(answer.headers["location"])).status_code == 200
    assert "<script>" not in booker.browser.page.replace("<script type", "")
    [made] = await rows_of(hub, booking)
    [order] = await rows_of(hub, work_order)
    people = {row.id: row for row in await rows_of(hub, contact)}
    assert (people[order.contact_id].email, people[order.contact_id].language) == (AINO["email"], "en")
    assert order.notes == AINO["notes"]
    assert HOME["address"] in {row.address for row in await rows_of(hub, location)}
    assert [row.booking_id for row in await rows_of(hub, reservation)] == [made.id]
    assert (await booker.open("confirm")).headers["location"] == "/book/service"


async def test_the_times_come_as_the_five_best_then_days_with_how_many_each_has(booker: Booker) -> None:
    await booker.until_time()

    page = booker.browser.page
    assert len(booker.browser.values("slot_id")) == 5
    assert page.count('<a class="day"') == 15
    assert "48 free times" in page
    assert "The earliest time." in page
    day = page.split('<a class="day" href="')[3].split('"')[0]
    await booker.browser.open(day)
    assert len(booker.browser.values("slot_id")) == 48
    assert 'aria-current="true"' in booker.browser.page


async def test_nothing_personal_is_in_an_address_and_going_back_keeps_every_answer(booker: Booker) -> None:
    await booker.until_confirm()

    await booker.open("details")
    for kept in ("Ring &amp; wait</textarea>", 'value="Bulevardi 15 &lt;b&gt;"', 'value="aino@example.org"'):
        assert kept in booker.browser.page
    await booker.open("service")
    assert " checked>" in booker.browser.page
    await booker.open("time")
    assert "Kept for you until" in booker.browser.page
    assert 'href="/book/confirm"' in booker.browser.page


@pytest.mark.parametrize("step", ["details", "time", "confirm"])
async def test_no_step_comes_before_those_that_it_needs(booker: Booker, step: str) -> None:
    answer = await booker.open(step)

    assert (answer.status_code, answer.headers["location"]) == (303, "/book/service")


async def test_what_does_not_fit_is_marked_and_what_was_typed_stays(hub: RunningHub, booker: Booker) -> None:
    await booker.post("service", service=booker.directory.service_type_id)
    wrong = {"address": "Here <i>", "lat": "91", "lon": "x", "name": "", "email": "a,b@example.org", "phone": "0" * 41}

    answer = await booker.post("details", **wrong, notes="Ring & wait")

    assert answer.status_code == 422
    for name in ("position", "name", "email", "phone"):
        assert f'id="{name}-fault"' in booker.browser.page
    for kept in ('value="Here &lt;i&gt;"', 'value="91"', 'value="a,b@example.org"', "Ring &amp; wait</textarea>"):
        assert kept in booker.browser.page
    assert await rows_of(hub, booking) == []


async def test_notes_that_no_browser_would_keep_are_too_long(booker: Booker) -> None:
    await booker.post("service", service=booker.directory.service_type_id)
    notes = "".join(chr(0x4E00 + 37 * number % 20_000) for number in range(2_000))

    answer = await booker.post("details", **HOME, **AINO | {"notes": notes})

    assert answer.status_code == 422
    assert 'id="notes-fault"' in booker.browser.page
    assert notes in booker.browser.page


async def test_without_a_choice_or_the_forms_token_no_step_is_taken(hub: RunningHub, booker: Booker) -> None:
    assert (await booker.post("service", service="st_nobody")).status_code == 422
    await booker.until_confirm()

    answers = [
        await booker.post("confirm", token=""),
        await booker.post("time", slot_id="made up"),
        await booker.post("time", token="", slot_id=booker.browser.values("slot_id")[0]),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert await rows_of(hub, booking) == []


async def test_a_time_is_kept_longer_once(hub: RunningHub, booker: Booker) -> None:
    await booker.until_confirm()
    [before] = await rows_of(hub, reservation)
    token = booker.browser.token()  # the first form is the one that extends

    await booker.browser.post("/book/extend", token=token)
    await booker.open("confirm")

    [after] = await rows_of(hub, reservation)
    assert after.expires_at - before.expires_at == timedelta(minutes=5)
    assert "/book/extend" not in booker.browser.page
    await booker.browser.post("/book/extend", token=token)
    assert (await rows_of(hub, reservation))[0].expires_at == after.expires_at


async def test_when_a_kept_time_is_over_it_says_so_and_nothing_else_is_lost(hub: RunningHub, booker: Booker) -> None:
    await booker.until_confirm()
    async with hub.database.write() as tx:
        await tx.execute(update(reservation).values(expires_at=system_clock() - timedelta(seconds=1)))

    assert (await booker.confirm()).headers["location"] == "/book/time"
    assert (await booker.open("confirm")).headers["location"] == "/book/time"
    await booker.open("time")
    assert "is not kept for you any more" in booker.browser.page
    assert " checked>" in booker.browser.page
    await booker.open("details")
    assert "Ring &amp; wait</textarea>" in booker.browser.page
    await booker.until_confirm()


async def test_who_is_late_sees_five_others_and_loses_nothing(
    hub: RunningHub, booker: Booker, browser: PlainBrowser
) -> None:
    other = PlainBrowser(hub)
    await booker.until_time()
    late, chosen = booker.browser.page, booker.browser.values("slot_id")[0]
    faster = Booker(other, booker.directory)
    await faster.until_confirm(0)
    await other.close()
    booker.browser.page = late

    answer = await booker.browser.post("/book/time", slot_id=chosen)

    assert answer.status_code == 409
    assert "Somebody was faster" in booker.browser.page
    assert "Other times near the one you wanted" in booker.browser.page
    assert len(booker.browser.values("slot_id")) == 5
    await booker.open("details")
    assert "Ring &amp; wait</textarea>" in booker.browser.page


async def test_pressing_twice_books_once_and_leads_to_the_same_visit(hub: RunningHub, booker: Booker) -> None:
    await booker.until_confirm()
    token = booker.browser.page.split('action="/book/confirm"')[1].split('value="')[1].split('"')[0]
    cookies = dict(booker.browser.http.cookies)
    fields = {"form_token": token}
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    answers = await asyncio.gather(
        *(hub.http.post("/book/confirm", data=fields, headers=headers, follow_redirects=False) for _ in range(2))
    )

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await rows_of(hub, booking)) == 1


async def test_another_service_lets_the_kept_time_go(hub: RunningHub, booker: Booker) -> None:
    await booker.until_confirm()
    async with hub.database.write() as tx:
        await tx.execute(update(service_type).values(display_names={"fi": "Kattilan tarkastus"}))
    assert len(await rows_of(hub, reservation)) == 1

    await booker.post("details", **HOME | {"lat": "60.17"}, **AINO)

    assert await rows_of(hub, reservation) == []
    await booker.browser.open("/book/service?lang=fi")
    assert "Kattilan tarkastus" in booker.browser.page


async def test_a_portal_that_lists_its_places_takes_no_others(hub: RunningHub, browser: PlainBrowser) -> None:
    places = [{"address": "Bulevardi 15", "lat": 60.165, "lon": 24.94}]
    booker = Booker(browser, await open_to_everybody(hub, places=places))
    await booker.post("service", service=booker.directory.service_type_id)

    assert (await booker.post("details", place="7", **HOME, **AINO)).status_code == 422
    assert (await booker.post("details", place="0", **AINO)).headers["location"] == "/book/time"


async def test_where_nobody_may_book_publicly_there_are_no_such_pages(hub: RunningHub, browser: PlainBrowser) -> None:
    for path in ("/book", "/book/service", "/book/time", "/book/confirm", "/book/no-such-token"):
        assert (await browser.open(path)).status_code == 404
        assert (await browser.post("/book/confirm")).status_code == 404


async def test_what_is_not_bookable_online_is_not_offered(hub: RunningHub, booker: Booker) -> None:
    async with hub.database.write() as tx:
        await tx.execute(update(service_type).values(online_bookable=False))

    await booker.open("service")

    assert "Nothing can be booked here now." in booker.browser.page
