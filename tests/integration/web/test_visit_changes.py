"""What customers do with their links: by a program, and by pages without script."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import delete

from hub.domain.booking_status import BookingStatus
from hub.services.book_visit import Booked
from hub.store import feedback
from hub.store.tables import portal, service_type, working_hours
from hub.web.emails.invitation import calendar_uid
from tests.integration.hub import RunningHub
from tests.integration.web.forms import PlainBrowser
from tests.integration.web.visit_scene import BookedVisit, booked_visit

S = BookingStatus
Browsers = Callable[[], PlainBrowser]
PAGES = ("reschedule", "cancel", "undo", "feedback")


@pytest.fixture
async def visit(hub: RunningHub) -> BookedVisit:
    """Book a visit."""
    return await booked_visit(hub)


@pytest.fixture
async def browsers(hub: RunningHub) -> AsyncIterator[Browsers]:
    """Open browsers that know nothing of each other."""
    opened: list[PlainBrowser] = []

    def another() -> PlainBrowser:
        opened.append(PlainBrowser(hub))
        return opened[-1]

    yield another
    for browser in opened:
        await browser.close()


async def _version(visit: BookedVisit) -> int:
    return (await visit.booking()).version


async def test_a_program_moves_a_visit_and_takes_it_back(visit: BookedVisit) -> None:
    before, slot = await visit.booking(), (await visit.slots())[7]

    moved = await visit.post("reschedule", {"slot_id": slot["id"]})

    assert moved.status_code == 200
    assert moved.json()["visit"]["starts_at"] == slot["starts_at"]
    assert moved.json()["visit"]["can"] == ["reschedule", "cancel", "undo"]
    undone = await visit.post("undo")
    assert (undone.status_code, undone.json()["visit"]["can"]) == (200, ["reschedule", "cancel"])
    assert (await visit.booking()).time == before.time
    assert (await visit.post("undo")).status_code == 409


async def test_a_program_cancels_a_visit_and_takes_it_back(visit: BookedVisit) -> None:
    canceled = await visit.post("cancel", {"reason": "not needed"})

    assert (canceled.status_code, canceled.json()["visit"]["status"]) == (200, "canceled")
    assert (await visit.post("cancel", {"reason": "again"})).status_code == 200
    assert (await visit.post("undo")).json()["visit"]["status"] == "scheduled"


async def test_a_program_leaves_feedback_when_the_visit_is_done(visit: BookedVisit) -> None:
    assert (await visit.post("feedback", {"rating": 5})).status_code == 409
    await visit.set_status("in_progress", "completed")

    assert (await visit.post("feedback", {"rating": 6})).status_code == 422
    assert (await visit.post("feedback", {"rating": 4, "comment": "Quick"})).status_code == 200

    async with visit.hub.database.read() as tx:
        kept = await feedback.get(tx, visit.booking_id)
    assert kept is not None
    assert (kept.rating, kept.comment) == (4, "Quick")


@pytest.mark.parametrize(
    ("action", "body"),
    [("reschedule", {"slot_id": "x"}), ("cancel", {}), ("undo", None), ("feedback", {"rating": 5})],
)
async def test_a_link_that_only_looks_changes_nothing(visit: BookedVisit, action: str, body: Any) -> None:
    assert (await visit.post(action, body, link=visit.track)).status_code == 403
    assert (await visit.hub.http.get(f"{visit.track}/slots")).status_code == 403
    assert await _version(visit) == 1


async def test_once_somebody_is_on_the_way_nothing_can_be_changed(visit: BookedVisit) -> None:
    slot = (await visit.slots())[3]
    await visit.set_status("traveling")

    assert (await visit.post("reschedule", {"slot_id": slot["id"]})).status_code == 409
    assert (await visit.post("cancel", {})).status_code == 409
    assert (await visit.booking()).status is S.TRAVELING


async def test_a_time_that_somebody_else_took_is_a_409_with_others(visit: BookedVisit) -> None:
    other = await booked_visit_of(visit)
    slot = (await visit.slots())[9]
    for one in (visit, other):
        answer = await one.post("reschedule", {"slot_id": slot["id"]})

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/slot-taken")
    assert len(answer.json()["slots"]) == 5


async def booked_visit_of(visit: BookedVisit) -> BookedVisit:
    """Book another visit at the same portal, with its second technician gone."""
    slots = await visit.scene.slots(now=(await visit.booking()).created_at)
    outcome = await visit.scene.try_to_book(slots[20], now=(await visit.booking()).created_at)
    assert isinstance(outcome, Booked)
    kept = (await visit.booking()).resource_id
    async with visit.hub.database.write() as tx:
        await tx.execute(delete(working_hours).where(working_hours.c.resource_id != kept))
    return BookedVisit(
        visit.hub, visit.scene, outcome.booking_id, f"/v/{outcome.track.token}", f"/v/{outcome.manage.token}"
    )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_every_page_of_a_link_changes_nothing(visit: BookedVisit, method: str) -> None:
    for page in ("", *(f"/{page}" for page in PAGES), "/slots", "/snapshot"):
        answer = await visit.hub.http.request(method, visit.manage + page, headers={"Accept": "text/html"})
        assert answer.status_code in (200, 409), page

    assert await _version(visit) == 1


async def test_a_person_moves_a_visit_by_the_page(visit: BookedVisit, browsers: Browsers) -> None:
    browser = browsers()
    await browser.open(f"{visit.manage}/reschedule")
    assert len(browser.values("slot_id")) == 5

    answer = await browser.post(f"{visit.manage}/reschedule", slot_id=browser.values("slot_id")[2])

    assert (answer.status_code, answer.headers["location"]) == (303, f"{visit.manage}?done=rescheduled")
    assert await _version(visit) == 2
    await browser.open(answer.headers["location"])
    assert "your visit has its new time" in browser.page


async def test_another_day_lists_all_its_times(visit: BookedVisit, browsers: Browsers) -> None:
    browser = browsers()
    await browser.open(f"{visit.manage}/reschedule")
    day = browser.page.split("?day=")[3][:10]

    await browser.open(f"{visit.manage}/reschedule?day={day}")

    assert len(browser.values("slot_id")) == 48
    assert (await browser.open(f"{visit.manage}/reschedule?day=<script>")).status_code == 200
    assert "<script>" not in browser.page


async def test_a_person_cancels_takes_it_back_and_says_how_it_was(visit: BookedVisit, browsers: Browsers) -> None:
    browser = browsers()
    for action, typed in {
        "cancel": {"reason": "other"},
        "undo": {"sure": "yes"},
    }.items():
        await browser.open(f"{visit.manage}/{action}")
        assert (await browser.post(f"{visit.manage}/{action}", **typed)).status_code == 303
    await visit.set_status("in_progress", "completed")
    await browser.open(f"{visit.manage}/feedback")
    assert (await browser.post(f"{visit.manage}/feedback", rating="5", comment="<b>Good</b>")).status_code == 303

    async with visit.hub.database.read() as tx:
        kept = await feedback.get(tx, visit.booking_id)
    assert kept is not None
    assert kept.comment == "<b>Good</b>"


@pytest.mark.parametrize(
    ("action", "typed"),
    [("reschedule", {}), ("reschedule", {"slot_id": "x"}), ("cancel", {}), ("cancel", {"reason": "x"}), ("undo", {})],
)
async def test_without_a_choice_the_form_is_shown_again(
    visit: BookedVisit, browsers: Browsers, action: str, typed: dict[str, str]
) -> None:
    if action == "undo":
        await visit.post("cancel", {})
    before, browser = await _version(visit), browsers()
    await browser.open(f"{visit.manage}/{action}")

    answer = await browser.post(f"{visit.manage}/{action}", **typed)

    assert answer.status_code == 422
    assert 'role="alert"' in browser.page
    assert await _version(visit) == before


async def test_a_scanner_that_presses_the_button_changes_nothing(visit: BookedVisit, browsers: Browsers) -> None:
    browser, scanner = browsers(), browsers()
    await browser.open(f"{visit.manage}/cancel")

    without_cookie = await scanner.post(f"{visit.manage}/cancel", token=browser.token(), reason="other")
    await scanner.open(f"{visit.manage}/cancel")
    other_token = await scanner.post(f"{visit.manage}/cancel", token=browser.token(), reason="other")
    other_form = await browser.post(f"{visit.manage}/undo", token=browser.token(), sure="yes")
    no_choice = await scanner.post(f"{visit.manage}/cancel")

    assert [one.status_code for one in (without_cookie, other_token, no_choice)] == [422, 422, 422]
    assert other_form.status_code in (409, 422)
    assert await _version(visit) == 1


async def test_what_was_typed_is_kept_when_it_does_not_fit(visit: BookedVisit, browsers: Browsers) -> None:
    await visit.set_status("in_progress", "completed")
    browser = browsers()
    await browser.open(f"{visit.manage}/feedback")

    answer = await browser.post(f"{visit.manage}/feedback", comment="Quick & <kind>")

    assert answer.status_code == 422
    assert "Quick &amp; &lt;kind&gt;</textarea>" in browser.page


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", ""])
async def test_what_is_neither_a_form_nor_json_is_refused(visit: BookedVisit, kind: str) -> None:
    answer = await visit.hub.http.post(f"{visit.manage}/cancel", content=b"{}", headers={"Content-Type": kind})

    assert answer.status_code == 415
    assert answer.json()["detail"] == "Expected application/json or a form."
    assert await _version(visit) == 1


async def test_the_forms_cookie_is_for_the_server_alone(visit: BookedVisit, browsers: Browsers) -> None:
    cookie = (await browsers().open(f"{visit.manage}/cancel")).headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_the_page_offers_what_the_link_may_do(visit: BookedVisit, browsers: Browsers) -> None:
    browser = browsers()
    for link, shown in {visit.track: False, visit.manage: True}.items():
        await browser.open(link)
        assert ('data-can="reschedule" hidden' not in browser.page) is shown


async def test_the_calendar_says_that_a_visit_is_canceled(visit: BookedVisit) -> None:
    await visit.post("cancel", {})

    answer = await visit.hub.http.get(f"{visit.manage}/calendar.ics")

    [entry] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(entry["status"]) == "CANCELLED"


async def test_the_calendars_entry_is_the_mails_entry_and_follows_the_visit(visit: BookedVisit) -> None:
    entries = []
    for change in (None, "move"):
        if change:
            await visit.post("reschedule", {"slot_id": (await visit.slots())[7]["id"]})
        answer = await visit.hub.http.get(f"{visit.track}/calendar.ics")
        assert answer.headers["content-type"].startswith("text/calendar")
        [entry] = Calendar.from_ical(answer.content).walk("VEVENT")
        entries.append((str(entry["uid"]), entry.decoded("sequence"), entry.decoded("dtstart")))

    booking = await visit.booking()
    assert [entry[0] for entry in entries] == [calendar_uid(visit.booking_id)] * 2
    assert [entry[1] for entry in entries] == [0, 1]
    assert entries[1][2] == booking.window_earliest
    assert (await visit.hub.http.get("/v/nobody/calendar.ics")).status_code == 404


async def test_within_the_cut_off_a_visit_can_be_changed_and_after_it_the_page_says_how_to_reach_us(
    visit: BookedVisit, browsers: Browsers
) -> None:
    browser, slot = browsers(), (await visit.slots())[3]
    await browser.open(visit.manage)
    assert "You can change or cancel until" in browser.page
    async with visit.hub.database.write() as tx:
        await tx.execute(service_type.update().values(change_cutoff_s=86_400))
        await tx.execute(portal.update().values(brand={"phone": "+358 9 123", "email": "help@example.org"}))

    snapshot = (await visit.hub.http.get(f"{visit.manage}/snapshot")).json()
    await browser.open(visit.manage)

    assert snapshot["visit"]["can"] == []
    assert "You could change or cancel here until" in browser.page
    assert 'href="tel:+3589123"' in browser.page
    assert (await visit.post("reschedule", {"slot_id": slot["id"]})).status_code == 409
    assert (await visit.post("cancel", {})).status_code == 409
    await browser.open(f"{visit.manage}/cancel")
    assert 'href="mailto:help@example.org"' in browser.page
    assert (await browser.post(f"{visit.manage}/reschedule", slot_id=slot["id"])).status_code in (409, 422)
    assert await _version(visit) == 1
