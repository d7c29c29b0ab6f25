"""The whole story in a browser: book, get a mail, click its link, move, take it back, be visited, say how it was."""

from __future__ import annotations

import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from hub.domain.geodesy import Point
from tests.browser.test_live_map_story import PHONE
from tests.integration.commands.launched import Launched, launched

START = Point(60.1699, 24.9384)
"""Where the technician sets off."""


@pytest.fixture
def demo() -> Iterator[Launched]:
    """Run the whole hub with its demo, whose technicians nobody drives."""
    with (
        tempfile.TemporaryDirectory(prefix="enroute-story-") as folder,
        launched(Path(folder), "--demo", "--no-simulate", "--port", "0") as hub,
    ):
        yield hub


@pytest.fixture
async def customer(browser: Browser) -> AsyncIterator[Page]:
    """Open the customer's browser; nothing in it may complain."""
    context = await browser.new_context(viewport=PHONE, locale="en-GB")  # type: ignore[arg-type]
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    await context.close()
    assert faults == []


async def _mail(page: Page, hub: Launched, says: str) -> None:
    """Wait for a mail to Aino whose subject begins like this, and open it."""
    found = page.locator("main a", has_text="aino@example.org").filter(has_text=re.compile(f"^\\s*[\\d:]*\\s*{says}"))
    for _ in range(60):
        await page.goto(f"{hub.base_url}/dev/mail")
        if await found.count():
            await found.first.click()
            return
        await page.wait_for_timeout(250)
    raise AssertionError(f"no mail that says {says}")


async def _follow_link(page: Page) -> None:
    """Open the visit by the link in the mail that is shown."""
    await page.locator("main a[href*='/v/']").first.click()
    await expect(page.get_by_test_id("arrival")).to_be_visible()


async def _book(page: Page, hub: Launched) -> None:
    await page.goto(hub.base_url)
    await page.get_by_text("Choose a service and a time").click()
    await page.get_by_text("Leak inspection").click()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Address").select_option(index=2)
    await page.get_by_label("Your name").fill("Aino Aalto")
    await page.get_by_label("Email").fill("aino@example.org")
    await page.get_by_role("button", name="Show free times").click()
    await page.locator("input[name=slot_id]").first.check()
    await page.get_by_role("button", name="Continue with this time").click()
    await page.get_by_role("button", name="Book this visit").click()
    await expect(page.get_by_text("Booked. We have sent you a mail")).to_be_visible()


async def _technician(browser: Browser, hub: Launched) -> tuple[BrowserContext, Page]:
    """Enrol the phones of both technicians whom customers can book, and give the one that has Aino's visit."""
    staff = await (await browser.new_context()).new_page()
    await staff.goto(hub.base_url)
    email, password = [await code.inner_text() for code in await staff.locator("#staff + ul code").all()]
    await staff.goto(f"{hub.base_url}/staff")
    await staff.get_by_label("Email").fill(email)
    await staff.get_by_label("Password").fill(password)
    await staff.get_by_role("button", name="Sign in").click()
    for number in range(await staff.get_by_role("button", name="Make an enrolment link").count()):
        await staff.get_by_role("button", name="Make an enrolment link").nth(number).click()
        link = await staff.locator(".issued-link").inner_text()
        where: Any = {"latitude": START.lat, "longitude": START.lon, "accuracy": 6}
        context = await browser.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            locale="en-GB",
            geolocation=where,
            permissions=["geolocation"],
        )
        page = await context.new_page()
        await page.goto(link)
        await page.get_by_role("button", name="Yes, use this phone").click()
        if await page.get_by_text("Aino Aalto").count():
            return context, page
        await context.close()
    raise AssertionError("nobody has the visit")


async def _press(page: Page, says: str) -> None:
    await page.wait_for_timeout(600)  # as slowly as people do
    await page.get_by_role("button", name=says, exact=True).click()


async def test_book_mail_move_undo_be_visited_and_say_how_it_was(
    demo: Launched, browser: Browser, customer: Page, pictures: Path
) -> None:
    await _book(customer, demo)
    first_window = await customer.get_by_test_id("window").inner_text()
    await _mail(customer, demo, "Booked")
    await customer.screenshot(path=pictures / "mail.png")
    await _follow_link(customer)

    await customer.get_by_role("link", name="Choose another time").click()
    await customer.locator("label.choice").nth(2).click()
    await customer.screenshot(path=pictures / "reschedule.png")
    await customer.get_by_role("button", name="Move my visit to this time").click()
    await expect(customer.get_by_test_id("window")).not_to_have_text(first_window)
    await _mail(customer, demo, "New time")
    await _follow_link(customer)

    await customer.get_by_role("link", name="Take the last change back").click()
    await customer.get_by_label("Yes, I want the old time back").check()
    await customer.get_by_role("button", name="Take it back").click()
    await expect(customer.get_by_test_id("window")).to_have_text(first_window)
    visit_url = customer.url

    context, phone = await _technician(browser, demo)
    await _press(phone, "Set off")
    await expect(customer.get_by_test_id("technician")).to_be_visible(timeout=15_000)
    before = await customer.get_by_test_id("technician").bounding_box()
    there: Any = {"latitude": START.lat + 0.0005, "longitude": START.lon, "accuracy": 6}
    await context.set_geolocation(there)
    for _ in range(40):
        await customer.wait_for_timeout(250)
        if await customer.get_by_test_id("technician").bounding_box() != before:
            break
    assert await customer.get_by_test_id("technician").bounding_box() != before
    await _mail(await customer.context.new_page(), demo, "On the way")

    await _press(phone, "I have arrived")
    await expect(customer.get_by_test_id("status")).to_have_text("At work")
    await expect(customer.get_by_test_id("technician")).to_have_count(0)
    await _press(phone, "Done")
    await customer.goto(visit_url)
    await customer.get_by_role("link", name="Say how it was").click()
    await customer.locator(".stars label.choice").nth(4).click()
    await customer.get_by_label("What should we know?").fill("Quick and kind")
    await customer.screenshot(path=pictures / "feedback.png")
    await customer.get_by_role("button", name="Send").click()
    await expect(customer.get_by_text("Thank you for your feedback")).to_be_visible()
    await _mail(customer, demo, "Done")
    await context.close()
