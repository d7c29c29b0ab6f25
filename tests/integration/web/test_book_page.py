"""Book a visit by the pages, without script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import urlencode

import pytest

from hub.store.tables import booking, contact, location, portal
from tests.builders import BuiltDirectory, build_bookable, build_directory
from tests.integration.hub import RunningHub
from tests.integration.web.forms import PlainBrowser

HOME = {"address": "Bulevardi 15 <b>", "lat": 60.165, "lon": 24.94}
AINO = {"name": "Aino\u2028Aalto <script>", "email": "aino@example.org", "phone": ""}


@pytest.fixture
async def directory(hub: RunningHub) -> BuiltDirectory:
    """Build a portal where everybody may book."""
    async with hub.database.write() as tx:
        built = await build_directory(tx)
        await build_bookable(tx, built.portal_id)
        await tx.execute(portal.update().values(switches={"public_booking": True, "places": [HOME]}))
    return built


@pytest.fixture
async def browser(hub: RunningHub) -> AsyncIterator[PlainBrowser]:
    """Open a browser."""
    opened = PlainBrowser(hub)
    yield opened
    await opened.close()


def _times(directory: BuiltDirectory, **more: str) -> str:
    return "/book/times?" + urlencode({"service": directory.service_type_id, "place": "0"} | more)


async def _bookings(hub: RunningHub) -> int:
    async with hub.database.read() as tx:
        return len((await tx.execute(booking.select())).all())


async def test_a_visit_is_booked_in_two_steps(
    hub: RunningHub, directory: BuiltDirectory, browser: PlainBrowser
) -> None:
    await browser.open("/book")
    assert "Boiler check" in browser.page
    await browser.open(_times(directory))

    answer = await browser.post(
        unescape(browser.page.split('method="post" action="')[1].split('"')[0]),
        slot_id=browser.values("slot_id")[1],
        **AINO,
    )

    assert answer.status_code == 303
    assert answer.headers["location"].endswith("?done=booked")
    shown = await browser.open(answer.headers["location"])
    assert shown.status_code == 200
    assert "<script>" not in browser.page.replace("<script type", "")
    async with hub.database.read() as tx:
        [who] = [
            row for row in await tx.execute(contact.select()) if row.email == AINO["email"] and "script" in row.name
        ]
        assert HOME["address"] in {row.address for row in await tx.execute(location.select())}
    assert (who.email, who.language) == (AINO["email"], "en")


@pytest.mark.parametrize(
    "typed", [{}, {"name": "A"}, {"email": "x@example.org"}, {"name": "A", "email": "a,b@example.org"}]
)
async def test_what_does_not_fit_is_named_and_what_was_typed_stays(
    hub: RunningHub, directory: BuiltDirectory, browser: PlainBrowser, typed: dict[str, str]
) -> None:
    await browser.open(_times(directory))
    chosen = browser.values("slot_id")[1]

    answer = await browser.post(_times(directory), slot_id=chosen, notes="Ring & wait", **typed)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in browser.page
    assert "Ring &amp; wait</textarea>" in browser.page
    for value in typed.values():
        assert f'value="{value}"' in browser.page
    assert await _bookings(hub) == 0


def _checked(browser: PlainBrowser) -> list[str]:
    """Name the times that are chosen, as the page says them."""
    rows = browser.page.split('<label class="choice">')[1:]
    return [row.split("<strong>")[1].split("</span></span>")[0] for row in rows if " checked>" in row]


async def test_another_day_keeps_what_was_typed_and_books_nothing(
    hub: RunningHub, directory: BuiltDirectory, browser: PlainBrowser
) -> None:
    await browser.open(_times(directory))
    chosen, days = browser.values("slot_id")[1], browser.values("show_day")
    typed = {"name": "Aino <b>", "email": "not yet@", "phone": "040", "notes": "Ring & wait", "slot_id": chosen}

    answer = await browser.post(_times(directory), show_day=days[2], **typed)

    assert answer.status_code == 200
    assert 'role="alert"' not in browser.page
    for shown in ('value="Aino &lt;b&gt;"', 'value="not yet@"', 'value="040"', "Ring &amp; wait</textarea>"):
        assert shown in browser.page
    assert len(_checked(browser)) == 1
    assert len(browser.values("slot_id")) > 10
    assert f'value="{days[2]}" formnovalidate aria-current="true"' in browser.page
    assert f"&amp;day={days[2]}" in browser.page
    assert await _bookings(hub) == 0
    linked = await browser.open(_times(directory, day=days[2]))
    assert f'value="{days[2]}" formnovalidate aria-current="true"' in linked.text


@pytest.mark.parametrize("day", ["", "<script>", "2001-01-01"])
async def test_a_day_that_was_not_offered_shows_the_next_times(
    directory: BuiltDirectory, browser: PlainBrowser, day: str
) -> None:
    await browser.open(_times(directory))

    answer = await browser.post(_times(directory), show_day=day, **AINO)

    assert answer.status_code == 200
    assert len(browser.values("slot_id")) == 5


async def test_the_chosen_time_stays_chosen_though_times_are_offered_anew(
    directory: BuiltDirectory, browser: PlainBrowser
) -> None:
    await browser.open(_times(directory))
    chosen = browser.values("slot_id")[3]
    await asyncio.sleep(0.01)  # the offer stands until a little later now, so that its id is another

    await browser.post(_times(directory), slot_id=chosen, **AINO | {"email": "nobody"})

    assert chosen not in browser.values("slot_id")
    [first] = _checked(browser)
    await browser.post(_times(directory), slot_id=chosen, show_day="", **AINO)
    assert _checked(browser) == [first]


async def test_every_wrong_field_is_marked(directory: BuiltDirectory, browser: PlainBrowser) -> None:
    await browser.open(_times(directory))

    await browser.post(_times(directory), name="", email="a@b@c", phone="0" * 41)

    for name in ("name", "email", "phone"):
        assert f'id="{name}-fault"' in browser.page


async def test_the_first_step_keeps_its_answers(directory: BuiltDirectory, browser: PlainBrowser) -> None:
    await browser.open(_times(directory))
    back = unescape(browser.page.split('<a href="/book?')[1].split('"')[0])

    await browser.open(f"/book?{back}")

    assert '<option value="0" selected>' in browser.page
    assert f'value="{directory.service_type_id}" required checked' in browser.page


async def test_without_a_time_or_the_forms_token_nothing_is_booked(
    hub: RunningHub, directory: BuiltDirectory, browser: PlainBrowser
) -> None:
    await browser.open(_times(directory))
    chosen = browser.values("slot_id")[0]

    answers = [
        await browser.post(_times(directory), **AINO),
        await browser.post(_times(directory), slot_id="made up", **AINO),
        await browser.post(_times(directory), token="", slot_id=chosen, **AINO),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert await _bookings(hub) == 0


async def test_who_is_late_sees_that_and_other_times(
    hub: RunningHub, directory: BuiltDirectory, browser: PlainBrowser
) -> None:
    await browser.open(_times(directory))
    chosen = browser.values("slot_id")[0]
    for _ in range(2):
        answer = await browser.post(_times(directory), slot_id=chosen, **AINO)
        if answer.status_code == 303:
            await browser.open(_times(directory))

    assert answer.status_code == 409
    assert "Somebody was faster" in browser.page
    assert len(browser.values("slot_id")) == 5
    assert await _bookings(hub) == 1


@pytest.mark.parametrize(
    "query", [{}, {"service": "st_nobody"}, {"place": "7"}, {"place": "", "lat": "nan", "lon": "1"}]
)
async def test_what_is_missing_of_the_first_step_is_asked_again(
    directory: BuiltDirectory, browser: PlainBrowser, query: dict[str, str]
) -> None:
    asked = {"service": directory.service_type_id, "place": "0"} | query if query else {}
    answer = await browser.open("/book/times?" + urlencode(asked))

    assert answer.status_code == 422
    assert 'role="alert"' in browser.page


async def test_where_nobody_may_book_publicly_there_is_no_such_page(hub: RunningHub, browser: PlainBrowser) -> None:
    assert (await browser.open("/book")).status_code == 404
    assert (await browser.open("/book/times")).status_code == 404
    assert (await browser.post("/book/times")).status_code == 404
