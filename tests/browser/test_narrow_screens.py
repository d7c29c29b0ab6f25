"""Pages on a phone: nothing is wider than the screen, and rows leave room for words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from redis.asyncio import Redis

from hub.data_dir import DataDir
from hub.domain.booking_status import BookingStatus
from hub.domain.roles import Role
from hub.services.manage_staff import AddedStaff, add_staff
from hub.services.passwords import Passwords
from hub.store.caught_mails import CaughtMails
from hub.store.tables import booking, contact, location, portal
from tests.browser.test_live_map_story import PHONE
from tests.browser.test_live_page_for_everybody import AXE, WCAG
from tests.builders import build_link
from tests.databases import copy_sqlite
from tests.integration.hub import hub_settings, running_hub
from tests.integration.stores import TestValkey
from tests.integration.web.visit_scene import BookedVisit, booked_visit
from tests.unit.web.emails.mails import a_mail, written

WHO, SECRET_WORD = "dispatcher@example.org", "a long password"
UNBROKEN = "Fredrikinkatu" * 23
"""An address of 299 characters without a space."""
DETAILS = {
    "Address": UNBROKEN,
    "Latitude": "60.165",
    "Longitude": "24.94",
    "Your name": "Aino Aalto",
    "Email": "aino@example.org",
}


@pytest.fixture
async def visit(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[BookedVisit]:
    """Book a visit at an endless address, in a demo where everybody may book."""
    url = copy_sqlite(sqlite_template, tmp_path)
    async with running_hub(hub_settings(url, session_valkey.url, data_dir=str(tmp_path))) as hub:
        booked = await booked_visit(hub)
        async with hub.database.write() as tx:
            await tx.execute(portal.update().values(switches={"public_booking": True}, demo=True))
            await tx.execute(location.update().values(address=UNBROKEN))
            await tx.execute(contact.update().values(name=UNBROKEN[:200]))
            await build_link(tx, booked.booking_id, expires_at=datetime.now(UTC) + timedelta(hours=9))
        yield booked


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """Open a page as wide as a phone."""
    context = await browser.new_context(viewport=PHONE, locale="en-GB")  # type: ignore[arg-type]
    yield await context.new_page()
    await context.close()


async def _press_with_keys(page: Page, choice: str, button: str) -> None:
    await page.get_by_label(choice).focus()
    await page.keyboard.press("Space")
    await page.get_by_role("button", name=button).focus()
    await page.keyboard.press("Enter")


async def _looked_at(page: Page, step: str, pictures: Path) -> None:
    """Judge a step of booking in both themes and directions; it stays as it was."""
    here = page.url
    for theme, lang in (("light", "en"), ("dark", "ar"), ("light", "en")):
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        await _fits(page, f"{here}?lang={lang}", pictures / f"book-{step}-{theme}-{lang}.png")
        await page.evaluate(AXE.read_text())  # by the debugger, which the policy for scripts does not bind
        found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
        faults = [(fault["id"], fault["nodes"][0]["target"]) for fault in found["violations"]]
        assert faults == [], (step, theme, lang)
        assert await page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if lang == "ar" else "ltr")


async def _fits(page: Page, address: str, picture: Path) -> None:
    await page.goto(address)
    await page.screenshot(path=picture, full_page=True)
    wide = await page.evaluate(
        "() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
        " && !e.matches('.skip, .unseen')).map(e => e.outerHTML.slice(0, 90))"
    )
    assert wide == [], address
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), address


async def test_no_page_is_wider_than_a_phone(visit: BookedVisit, phone: Page, pictures: Path) -> None:
    hub, base = visit.hub, visit.hub.base_url
    caught = CaughtMails(DataDir(hub.settings.data_dir).mail_folder)
    name = caught.add(written(a_mail("canceled", address=UNBROKEN, contact_name=UNBROKEN, service=UNBROKEN)))
    pages = {
        "start": "/",
        "mails": "/dev/mail",
        "mail": f"/dev/mail/{name}",
        "visit": visit.manage,
        "cancel": f"{visit.manage}/cancel",
        "reschedule": f"{visit.manage}/reschedule",
        "not-now": f"{visit.manage}/undo",
    }
    for shown, path in pages.items():
        await _fits(phone, base + path, pictures / f"narrow-{shown}.png")
    # Who has no mouse books as well; each step is looked at on the way.
    await phone.goto(f"{base}/book")
    await _looked_at(phone, "service", pictures)
    await _press_with_keys(phone, "Boiler check", "Continue")
    await phone.wait_for_url("**/book/details")
    await _looked_at(phone, "details", pictures)
    for label, text in DETAILS.items():
        await phone.get_by_label(label, exact=True).focus()
        await phone.keyboard.type(text)
    await phone.keyboard.press("Enter")
    await phone.wait_for_url("**/book/time")
    await _looked_at(phone, "time", pictures)
    await phone.locator("a.day").nth(2).focus()
    await phone.keyboard.press("Enter")
    await expect(phone.locator("a.day[aria-current]")).to_have_count(1)
    await expect(phone.locator("a.day").nth(2)).to_have_accessible_name(re.compile(r", 4\d free times$"))
    first = phone.locator("input[name=slot_id]").first
    await expect(first).to_have_accessible_name(re.compile(r"^\d\d:\d\d–\d\d:\d\d ?, \w+ \d+ \w+ ?, .+\.$"))
    await first.focus()
    await phone.keyboard.press("Space")
    await phone.keyboard.press("Enter")
    await phone.wait_for_url("**/book/confirm")
    await _looked_at(phone, "confirm", pictures)
    await phone.get_by_role("button", name="Book this visit").focus()
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_text("Booked. We have sent you a mail")).to_be_visible()
    async with hub.database.write() as tx:
        await tx.execute(booking.update().values(status=BookingStatus.COMPLETED))
    await _fits(phone, f"{base}{visit.manage}/feedback", pictures / "narrow-feedback.png")


async def test_the_staff_page_fits_and_names_messages_as_the_mails_do(
    visit: BookedVisit, phone: Page, pictures: Path
) -> None:
    added = await add_staff(
        visit.hub.database,
        Passwords(),
        visit.scene.wanted.portal_id,
        WHO,
        Role.DISPATCHER,
        SECRET_WORD,
        now=datetime.now(UTC),
    )
    assert isinstance(added, AddedStaff)
    await visit.post("reschedule", {"slot_id": (await visit.slots())[3]["id"]})
    await visit.post("cancel", {})
    await phone.goto(f"{visit.hub.base_url}/staff")
    await phone.get_by_label("Email").fill(WHO)
    await phone.get_by_label("Password").fill(SECRET_WORD)
    await phone.get_by_role("button", name="Sign in").click()
    await phone.wait_for_url("**/staff")

    await _fits(phone, f"{visit.hub.base_url}/staff", pictures / "narrow-staff.png")

    said = await phone.get_by_test_id("message").locator("strong").all_inner_texts()
    assert sorted(said) == ["Booked", "Canceled", "New time"]


async def test_a_rows_badge_stands_below_its_text(visit: BookedVisit, phone: Page) -> None:
    await phone.goto(visit.hub.base_url)
    words = await phone.locator(".visit-link .visit-what").last.bounding_box()
    badge = await phone.locator(".visit-link .badge").last.bounding_box()

    assert words is not None
    assert badge is not None
    assert badge["y"] >= words["y"] + words["height"]
    assert words["width"] > 200
