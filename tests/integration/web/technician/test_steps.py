"""What the technician's page sends by script, maybe hours later and maybe twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from hub.domain.geofence import Crossing, CrossingKind
from hub.store import bookings, crossings, events
from hub.store.bookings import Booking
from hub.store.tables import device
from tests.builders import BuiltVisit, build_resource, build_visit
from tests.integration.hub import RunningHub
from tests.integration.visitor import Visitor
from tests.integration.web.technician.test_page import a_visit, enrolled, form_of


class Page:
    """The page's script on an enrolled phone."""

    def __init__(self, phone: Visitor, token: str) -> None:
        self.phone, self.token = phone, token

    async def send(self, path: str, key: str | None = None, **body: Any) -> httpx.Response:
        """Call the hub as the script does."""
        headers = {"X-Call-Token": self.token, "Accept": "*/*"} | ({"Idempotency-Key": key} if key else {})
        return await self.phone.http.post(path, json=body, headers=headers)

    async def set(
        self, visit: BuiltVisit, status: str, at: datetime, key: str | None = None, sent_at: datetime | None = None
    ) -> httpx.Response:
        """Send a status."""
        sent = (sent_at or datetime.now(UTC)).isoformat()
        return await self.send(form_of(visit), key, status=status, at=at.isoformat(), sent_at=sent)


@pytest.fixture
async def visit(hub: RunningHub) -> BuiltVisit:
    return await a_visit(hub)


@pytest.fixture
async def page(hub: RunningHub, visit: BuiltVisit) -> AsyncIterator[Page]:
    """Open the page of the visit's technician."""
    async with enrolled(hub, visit.directory) as phone:
        text = (await phone.open("/tech")).text
        block = text.partition('id="sharing-settings">')[2].partition("</script>")[0]
        yield Page(phone, msgspec.json.decode(block)["call_token"])


async def booking_of(hub: RunningHub, visit: BuiltVisit) -> Booking:
    async with hub.database.read() as tx:
        found = await bookings.get(tx, visit.booking_id)
    assert found is not None
    return found


def near(one: datetime | None, other: datetime) -> bool:
    return one is not None and abs(one - other) < timedelta(seconds=5)


async def test_a_status_counts_from_when_the_button_was_pressed(hub: RunningHub, visit: BuiltVisit, page: Page) -> None:
    set_off_at = datetime.now(UTC) - timedelta(hours=2)
    arrived_at = datetime.now(UTC) - timedelta(hours=1)
    assert (await page.set(visit, "traveling", set_off_at)).json() == {"status": "traveling"}
    assert (await page.set(visit, "in_progress", arrived_at)).status_code == 200
    booking = await booking_of(hub, visit)
    assert (booking.traveling_at, booking.arrived_at) == (set_off_at, arrived_at)


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=-20_000)])
async def test_a_phone_whose_clock_is_wrong_tells_right_times_all_the_same(
    hub: RunningHub, visit: BuiltVisit, page: Page, ahead: timedelta
) -> None:
    now = datetime.now(UTC)
    answer = await page.set(visit, "traveling", now + ahead - timedelta(minutes=10), sent_at=now + ahead)
    assert answer.status_code == 200
    assert near((await booking_of(hub, visit)).traveling_at, now - timedelta(minutes=10))


async def test_sent_again_after_its_answer_was_lost_a_status_changes_nothing(
    hub: RunningHub, visit: BuiltVisit, page: Page
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=5)
    first = await page.set(visit, "traveling", at, key="press-1")
    await page.set(visit, "scheduled", datetime.now(UTC), key="press-2")  # turned back since
    again = await page.set(visit, "traveling", at, key="press-1")
    assert (first.json(), again.json()) == ({"status": "traveling"}, {"status": "traveling"})
    assert (await booking_of(hub, visit)).status == "scheduled"
    async with hub.database.read() as tx:
        assert len(await events.of_booking(tx, visit.booking_id)) == 2


async def test_a_status_that_no_longer_fits_is_refused_with_the_truth(
    hub: RunningHub, visit: BuiltVisit, page: Page
) -> None:
    await page.set(visit, "in_progress", datetime.now(UTC))
    late = await page.set(visit, "traveling", datetime.now(UTC))
    assert late.status_code == 409
    assert late.headers["content-type"] == "application/problem+json"
    assert late.json()["current"] == "in_progress"


async def test_a_visit_that_went_to_a_colleague_is_no_longer_theirs(
    hub: RunningHub, visit: BuiltVisit, page: Page
) -> None:
    async with hub.database.write() as tx:
        colleague = await build_resource(tx, visit.directory.portal_id)
        starts_at = datetime.now(UTC) + timedelta(hours=1)
        theirs = await build_visit(tx, directory=visit.directory, resource_id=colleague, starts_at=starts_at)
    assert (await page.set(theirs, "traveling", datetime.now(UTC))).status_code == 404
    assert (await page.send(f"/tech/visits/{theirs.booking_id}/arrival", arrived=False)).status_code == 404
    assert (await page.send("/tech/visits/%00/arrival", arrived=False)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"status": "canceled", "at": "2026-11-23T14:00:00Z", "sent_at": "2026-11-23T14:00:00Z"},
        {"status": "traveling", "at": "2026-11-23T14:00:00", "sent_at": "2026-11-23T14:00:00Z"},
        {"status": "traveling", "at": "0001-01-01T00:00:00+23:59", "sent_at": "2026-11-23T14:00:00Z"},
        {"status": "traveling"},
        {},
    ],
)
async def test_what_does_not_fit_is_refused(
    hub: RunningHub, visit: BuiltVisit, page: Page, body: dict[str, str]
) -> None:
    assert (await page.send(form_of(visit), **body)).status_code == 422
    assert (await booking_of(hub, visit)).status == "scheduled"


async def test_the_oldest_and_newest_times_there_are_do_no_harm(hub: RunningHub, visit: BuiltVisit, page: Page) -> None:
    old, new = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
    answer = await page.send(form_of(visit), status="traveling", at=old, sent_at=new)
    assert answer.status_code == 200
    assert near((await booking_of(hub, visit)).traveling_at, datetime.now(UTC))


async def test_other_sites_and_strangers_change_nothing(hub: RunningHub, visit: BuiltVisit, page: Page) -> None:
    body = {"status": "traveling", "at": "2026-11-23T14:00:00Z", "sent_at": "2026-11-23T14:00:00Z"}
    path = form_of(visit)
    assert (await page.phone.http.post(path, json=body)).status_code == 403
    assert (await page.phone.http.post(path, json=body, headers={"X-Call-Token": "made up"})).status_code == 403
    assert (await hub.http.post(path, json=body, headers={"X-Call-Token": page.token})).status_code == 401
    plain = {"X-Call-Token": page.token, "Content-Type": "text/plain"}
    assert (await page.phone.http.post("/tech/sharing", content=b"{}", headers=plain)).status_code == 415
    assert (await booking_of(hub, visit)).status == "scheduled"


async def test_sharing_turned_off_and_on_is_remembered_with_the_device(hub: RunningHub, page: Page) -> None:
    async def silence() -> str | None:
        async with hub.database.read() as tx:
            found: str | None = (await tx.execute(select(device.c.silence))).scalar_one()
        return found

    assert (await page.send("/tech/sharing", sharing=False)).json() == {"sharing": False}
    assert await silence() == "sharing_off"
    assert (await page.send("/tech/sharing", sharing=True)).json() == {"sharing": True}
    assert await silence() is None
    assert (await page.send("/tech/sharing", sharing="no")).status_code == 422


async def test_an_arrival_that_is_denied_is_not_asked_about_again(
    hub: RunningHub, visit: BuiltVisit, page: Page
) -> None:
    await page.set(visit, "traveling", datetime.now(UTC))
    await arrive(hub, visit)
    assert (await page.phone.open("/tech/state")).json()["arrival"]["name"] == "Aino Aalto"
    path = f"/tech/visits/{visit.booking_id}/arrival"
    assert (await page.send(path, arrived=True)).status_code == 422
    assert (await page.send(path, arrived=False)).json() == {"arrived": False}
    assert (await page.phone.open("/tech/state")).json()["arrival"] is None
    assert (await booking_of(hub, visit)).status == "traveling"


async def arrive(hub: RunningHub, visit: BuiltVisit) -> None:
    """Write down that the technician has arrived."""
    booking = await booking_of(hub, visit)
    assert booking.traveling_at is not None
    now = datetime.now(UTC)
    crossing = Crossing(visit.booking_id, booking.traveling_at, CrossingKind.ARRIVED, now)
    async with hub.database.write() as tx:
        await crossings.insert_crossings(tx, [crossing], now)
