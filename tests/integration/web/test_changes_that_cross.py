"""Changes of a visit that come twice, or while somebody else changes it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.domain.booking_status import BookingStatus
from hub.store.tables import booking
from tests.integration.hub import RunningHub
from tests.integration.web.forms import PlainBrowser
from tests.integration.web.visit_scene import booked_visit


async def test_who_presses_cancel_twice_sees_that_it_is_canceled(hub: RunningHub) -> None:
    visit, browser = await booked_visit(hub), PlainBrowser(hub)
    await browser.open(f"{visit.manage}/cancel")
    token = browser.token()

    answers = [await browser.post(f"{visit.manage}/cancel", token=token, reason="other") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer.headers["location"] for answer in answers} == {f"{visit.manage}?done=cancel"}
    assert (await visit.booking()).version == 2
    looking = await browser.open(f"{visit.track}/cancel")
    again = await browser.post(f"{visit.track}/cancel", reason="other")
    assert (looking.status_code, again.status_code) == (409, 409)
    await browser.close()


@pytest.mark.parametrize(
    ("action", "body", "before", "meanwhile"),
    [
        ("cancel", {}, BookingStatus.SCHEDULED, BookingStatus.COMPLETED),
        ("feedback", {"rating": 5}, BookingStatus.COMPLETED, BookingStatus.CANCELED),
    ],
)
async def test_what_is_refused_at_the_last_moment_is_a_409(
    hub: RunningHub, action: str, body: dict[str, Any], before: BookingStatus, meanwhile: BookingStatus
) -> None:
    visit = await booked_visit(hub)
    async with hub.database.write() as tx:
        await tx.execute(booking.update().values(status=before))

    async with hub.database.write() as tx:  # the change waits for this one, and was allowed before
        await tx.execute(booking.update().values(status=meanwhile))
        change = asyncio.ensure_future(visit.post(action, body))
        await asyncio.sleep(0.3)

    assert (await change).status_code == 409
    assert (await visit.booking()).status is meanwhile
