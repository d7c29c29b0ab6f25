"""`GET /`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.domain.booking_status import BookingStatus
from tests.builders import build_directory, build_link, build_visit
from tests.integration.hub import RunningHub


async def test_outside_the_demo_no_visit_is_named(hub: RunningHub) -> None:
    scene = await hub.scene()

    page = await hub.http.get("/")

    assert page.status_code == 200
    assert scene.link_token not in page.text
    assert "/v/" not in page.text
    assert "Tero" not in page.text


async def test_in_the_demo_the_open_maps_are_listed(hub: RunningHub) -> None:
    now = datetime.now(UTC)
    async with hub.database.write() as tx:
        directory = await build_directory(tx, demo=True)
        visit = await build_visit(tx, directory=directory, status=BookingStatus.TRAVELING, starts_at=now)
        _, token = await build_link(tx, visit.booking_id, expires_at=now + timedelta(hours=1))
        over = await build_visit(tx, directory=directory, status=BookingStatus.SCHEDULED, starts_at=now)
        _, expired = await build_link(tx, over.booking_id, expires_at=now - timedelta(hours=1))

    page = await hub.http.get("/")

    assert f"/v/{token}" in page.text
    assert expired not in page.text
    assert (await hub.http.get(f"/v/{token}")).status_code == 200
