"""Invite a visit's contact to book, from the visit's page."""

from __future__ import annotations

import re

import httpx

from tests.builders import build_bookable, build_visit
from tests.integration.hub import RunningHub
from tests.integration.plain_http import NO_TLS
from tests.integration.visitor import forms_of
from tests.integration.web.console.test_today import dispatcher


async def test_the_link_that_staff_make_knows_who_books(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        async with hub.database.write() as tx:
            await build_bookable(tx, directory.portal_id)
            visit = await build_visit(tx, directory=directory)
        path = f"/staff/visits/{visit.booking_id}"
        form = next(one for one in forms_of(await visitor.open(path)) if one.action.endswith("/invitation"))

        forged = await visitor.http.post(form.action, data={"form_token": "made up"})
        made = await visitor.http.post(form.action, data=form.fields)
        nobody = await visitor.http.post("/staff/visits/bk_nobody/invitation", data=form.fields)

    assert (forged.status_code, made.status_code) == (403, 200)
    assert nobody.status_code in (403, 404)
    found = re.search(r"/book/[\w-]{20,}", made.text)
    assert found is not None
    async with httpx.AsyncClient(base_url=hub.base_url, verify=NO_TLS, follow_redirects=True) as customer:
        page = await customer.get(found.group())
    assert page.status_code == 200
    assert any(form.fields.get("form_token") for form in forms_of(page))
