"""`GET /`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.domain.booking_status import BookingStatus
from hub.domain.roles import Role
from hub.domain.tokens import demo_password
from hub.services.manage_staff import AddedStaff, add_staff
from hub.services.passwords import Passwords
from hub.services.show_demo import STAFF_EMAIL
from tests.builders import SECRET, build_directory, build_enrolment, build_link, build_visit
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


async def test_in_the_demo_visitors_are_let_in_as_technician_and_as_staff(hub: RunningHub) -> None:
    now = datetime.now(UTC)
    async with hub.database.write() as tx:
        directory = await build_directory(tx, demo=True)
        _, token = await build_enrolment(tx, directory.resource_id, expires_at=now + timedelta(days=30))
        _, of_a_visitor = await build_enrolment(tx, directory.resource_id, expires_at=now + timedelta(days=7))
    password = await dispatcher(hub, directory.portal_id)

    page = await hub.http.get("/")

    assert f'href="/tech/enrol/{token}"' in page.text
    assert of_a_visitor not in page.text
    assert STAFF_EMAIL in page.text
    assert password in page.text


async def test_what_belongs_to_no_demo_is_never_named_beside_one(hub: RunningHub) -> None:
    now = datetime.now(UTC)
    async with hub.database.write() as tx:
        await build_directory(tx, demo=True)
        real = await build_directory(tx)
        await build_enrolment(tx, real.resource_id, expires_at=now + timedelta(days=30))
    password = await dispatcher(hub, real.portal_id)

    page = await hub.http.get("/")

    assert "/tech/enrol/" not in page.text
    assert STAFF_EMAIL not in page.text
    assert password not in page.text


async def dispatcher(hub: RunningHub, portal_id: str) -> str:
    """Add somebody with the email of the demo's staff; gives the password that a demo would name."""
    added = await add_staff(
        hub.database, Passwords(), portal_id, STAFF_EMAIL, Role.DISPATCHER, "any", now=datetime.now(UTC)
    )
    assert isinstance(added, AddedStaff)
    return demo_password(SECRET, added.id)


async def test_however_a_reader_spells_a_language_the_page_speaks_it(hub: RunningHub) -> None:
    for spelled in ("FI", "Fi", "FI-FI"):
        page = await hub.http.get("/", headers={"Accept-Language": spelled})
        assert (page.status_code, 'lang="fi"' in page.text) == (200, True), spelled
