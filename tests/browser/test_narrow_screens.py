"""Pages on a phone: nothing is wider than the screen, and rows leave room for words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

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
from tests.builders import build_link
from tests.databases import copy_sqlite
from tests.integration.hub import hub_settings, running_hub
from tests.integration.stores import TestValkey
from tests.integration.web.visit_scene import BookedVisit, booked_visit
from tests.unit.web.emails.mails import a_mail, written

WHO, SECRET_WORD = "dispatcher@example.org", "a long password"
UNBROKEN = "Fredrikinkatu" * 23
"""An address of 299 characters without a space."""


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


def _need(visit: BookedVisit) -> str:
    """Write what is needed and where as a query."""
    return urlencode(
        {"service": visit.scene.wanted.service_type_id, "address": UNBROKEN, "lat": "60.165", "lon": "24.94"}
    )


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
    asked = _need(visit)
    pages = {
        "start": "/",
        "mails": "/dev/mail",
        "mail": f"/dev/mail/{name}",
        "book": f"/book?{asked}",
        "times": f"/book/times?{asked}",
        "visit": visit.manage,
        "cancel": f"{visit.manage}/cancel",
        "reschedule": f"{visit.manage}/reschedule",
        "not-now": f"{visit.manage}/undo",
    }
    for shown, path in pages.items():
        await _fits(phone, base + path, pictures / f"narrow-{shown}.png")
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


async def test_another_day_asks_for_nothing_and_enter_books(visit: BookedVisit, phone: Page, pictures: Path) -> None:
    await phone.goto(f"{visit.hub.base_url}/book/times?{_need(visit)}")
    await phone.locator("label.choice").nth(1).click()
    await phone.get_by_label("Your name").fill("Aino Aalto")
    await phone.locator("button.day").nth(2).click()
    await expect(phone.locator("button.day[aria-current]")).to_have_count(1)
    await phone.screenshot(path=pictures / "narrow-another-day.png", full_page=True)
    await expect(phone.get_by_label("Your name")).to_have_value("Aino Aalto")
    await expect(phone.locator("input[name=slot_id]:checked")).to_have_count(1)

    await phone.get_by_label("Email").fill("aino@example.org")
    await phone.get_by_label("Email").press("Enter")

    await expect(phone.get_by_text("Booked. We have sent you a mail")).to_be_visible()


async def test_a_rows_badge_stands_below_its_text(visit: BookedVisit, phone: Page) -> None:
    await phone.goto(visit.hub.base_url)
    words = await phone.locator(".visit-link .visit-what").last.bounding_box()
    badge = await phone.locator(".visit-link .badge").last.bounding_box()

    assert words is not None
    assert badge is not None
    assert badge["y"] >= words["y"] + words["height"]
    assert words["width"] > 200
