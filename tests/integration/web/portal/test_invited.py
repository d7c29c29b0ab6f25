"""Book as a contact who was invited."""

from __future__ import annotations

from sqlalchemy import update

from hub.clock import system_clock
from hub.services.invite_contact import LASTS, IssuedInvitation, invite_contact, revoke_invitation
from hub.store import accounts
from hub.store.tables import portal, work_order
from tests.builders import SECRET
from tests.integration.hub import RunningHub
from tests.integration.web.forms import PlainBrowser
from tests.integration.web.portal.booking_pages import Booker, open_to_everybody, rows_of


async def test_an_invited_contact_chooses_what_and_where_and_types_no_name(hub: RunningHub) -> None:
    directory = await open_to_everybody(hub)
    boiler = accounts.Asset(
        id="as_boiler", account_id=directory.account_id, name="Boiler", location_id=directory.location_id
    )
    async with hub.database.write() as tx:
        await accounts.insert_assets(tx, [boiler])
        await tx.execute(update(portal).values(switches={}))  # the link is what lets them
    now = system_clock()
    made = await invite_contact(
        hub.database, SECRET, directory.contact_id, expires_at=now + LASTS, now=now, portal_id=None
    )
    assert isinstance(made, IssuedInvitation)
    path, browser = f"/book/{made.token}", PlainBrowser(hub)
    booker = Booker(browser, directory, path)

    assert (await browser.open(path)).headers["location"] == f"{path}/asset"
    assert (await booker.post("asset", asset=boiler.id)).headers["location"] == f"{path}/service"
    await booker.post("service", service=directory.service_type_id)
    await booker.open("details")
    assert 'name="email"' not in browser.page
    assert f'value="{directory.location_id}" required checked' in browser.page
    await booker.post("details", place=directory.location_id, notes="")
    await booker.open("time")
    await browser.post(f"{path}/time", slot_id=browser.values("slot_id")[0])
    await booker.open("confirm")
    assert (await booker.confirm()).headers["location"].endswith("?done=booked")

    [order] = await rows_of(hub, work_order)
    assert (order.contact_id, order.location_id, order.asset_id) == (
        directory.contact_id,
        directory.location_id,
        boiler.id,
    )
    await revoke_invitation(hub.database, made.id, now)
    assert (await browser.open(path)).status_code == 404
    await browser.close()
