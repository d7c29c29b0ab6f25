"""`/staff/visibility`: what customers see, as a form that works without script."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import update

from hub.domain.roles import Role
from hub.domain.visibility import Rules
from hub.store.tables import staff
from hub.store.visibility import get_rules
from hub.web.console.visibility import PATH, read_rules
from tests.builders import BuiltDirectory
from tests.integration.hub import RunningHub
from tests.integration.visitor import Visitor, forms_of
from tests.integration.web.console.test_today import dispatcher

AREA = {"place": "area", "exact_within_m": "500", "exact_within_min": "", "closes_after_min": "", "photo": "on"}


async def promote(hub: RunningHub) -> None:
    async with hub.database.write() as tx:
        await tx.execute(update(staff).values(role=Role.ADMIN))


async def send(visitor: Visitor, **fields: str) -> httpx.Response:
    page = await visitor.open(PATH)
    token = next(form.fields["form_token"] for form in forms_of(page) if form.action == PATH)
    return await visitor.http.post(PATH, data={"form_token": token} | fields)


async def rules_of(hub: RunningHub, directory: BuiltDirectory) -> Rules | None:
    async with hub.database.read() as tx:
        return await get_rules(tx, directory.portal_id)


async def test_an_admin_changes_the_rules_and_sees_them_saved(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await promote(hub)
        answer = await send(visitor, **AREA)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?done=saved")
        page = (await visitor.open(answer.headers["location"])).text

    expected = Rules(exact_within_m=500, name=False, phone=False, closes_after_min=None)
    assert await rules_of(hub, directory) == expected
    assert "Saved." in page
    assert re.search(r'value="area" checked', page)
    assert re.search(r'name="exact_within_m"[^>]*value="500"', page)
    assert re.search(r'name="photo" value="on" checked', page)
    assert not re.search(r'name="name" value="on" checked', page)


async def test_what_does_not_fit_is_named_and_what_was_typed_is_kept(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await promote(hub)
        page = await send(visitor, **AREA | {"exact_within_m": "5 km", "closes_after_min": "999999"})

    assert page.status_code == 422
    assert re.search(r'name="exact_within_m"[^>]*value="5 km"[^>]*aria-invalid="true"', page.text)
    assert page.text.count("Please give a whole number") == 2
    assert await rules_of(hub, directory) == Rules()


async def test_a_dispatcher_reads_the_rules_and_cannot_change_them(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        page = await visitor.open(PATH)
        assert "Only administrators may change these rules." in page.text
        assert all(form.action != PATH or "form_token" not in form.fields for form in forms_of(page))
        assert (await visitor.http.post(PATH, data=AREA)).status_code == 403
        assert await rules_of(hub, directory) == Rules()


async def test_a_form_of_somebody_else_changes_nothing(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await promote(hub)
        assert (await visitor.http.post(PATH, data=AREA)).status_code == 403
    assert (await hub.http.get(PATH)).status_code == 303
    assert await rules_of(hub, directory) == Rules()


@pytest.mark.parametrize(
    ("form", "faults"),
    [
        ({"place": "exact", "exact_within_m": "junk"}, {}),
        ({"place": "area"}, {"exact_within_m": "none"}),
        ({"place": "area", "exact_within_m": "49"}, {"exact_within_m": "range"}),
        ({"place": "area", "exact_within_min": "²"}, {"exact_within_min": "number"}),
        ({"closes_after_min": "1.5", "place": "exact"}, {"closes_after_min": "number"}),
    ],
)
def test_a_form_is_read_or_its_faults_are_named(form: dict[str, str], faults: dict[str, str]) -> None:
    assert read_rules(form)[1] == faults
