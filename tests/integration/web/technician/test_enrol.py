"""`/tech/enrol/{token}`: how a phone becomes a technician's."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import func, select, update

from hub.store import enrolments
from hub.store.tables import device, enrolment, resource, session
from hub.web.forms import FIELD
from tests.builders import BuiltDirectory, build_directory, build_enrolment
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.visitor import Visitor


async def link(hub: RunningHub, *, demo: bool = False) -> tuple[BuiltDirectory, str, str]:
    """Build a technician with an enrolment link; gives its id and its path."""
    expires_at = datetime.now(UTC) + timedelta(days=7)
    async with hub.database.write() as tx:
        directory = await build_directory(tx, demo=demo)
        enrolment_id, token = await build_enrolment(tx, directory.resource_id, expires_at=expires_at)
    return directory, enrolment_id, f"/tech/enrol/{token}"


async def count(hub: RunningHub) -> tuple[int, int, int]:
    """Count devices, sessions and enrolments that were used."""
    async with hub.database.read() as tx:
        used = select(func.count()).select_from(enrolment).where(enrolment.c.used_at.is_not(None))
        counts = (select(func.count()).select_from(device), select(func.count()).select_from(session), used)
        devices, sessions, uses = [(await tx.execute(one)).scalar_one() for one in counts]
    return devices, sessions, uses


async def test_opening_the_link_shows_who_and_changes_nothing(hub: RunningHub) -> None:
    _, _, path = await link(hub)
    async with Visitor(hub) as visitor:
        for page in (await visitor.open(path), await visitor.open(path), await visitor.http.head(path)):
            assert page.status_code == 200
        assert "Tero Virtanen" in (await visitor.open(path)).text
    assert await count(hub) == (0, 0, 0)


async def test_the_button_makes_the_phone_the_technicians(hub: RunningHub) -> None:
    directory, _, path = await link(hub)
    async with Visitor(hub) as visitor:
        answer = await visitor.press(await visitor.open(path), path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tech")
        page = await visitor.open("/tech")
    assert page.status_code == 200
    assert "Tero Virtanen" in page.text
    assert await count(hub) == (1, 1, 1)
    async with hub.database.read() as tx:
        (owner,) = (await tx.execute(select(device.c.resource_id))).scalars()
    assert owner == directory.resource_id


async def test_the_session_is_no_scripts_and_no_other_sites_business(hub: RunningHub) -> None:
    _, _, path = await link(hub)
    async with Visitor(hub) as visitor:
        answer = await visitor.press(await visitor.open(path), path)
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("enroute_technician=")]
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert "secure" not in flags  # the hub of tests is reached by http
    assert any(flag.startswith("max-age=25919") or flag == "max-age=2592000" for flag in flags)


async def test_where_people_come_by_https_the_cookie_is_secure(hub: RunningHub) -> None:
    settings = msgspec.structs.replace(
        hub_settings(hub.settings.database_url, hub.settings.redis_url), public_url="https://hub.test"
    )
    _, _, path = await link(hub)
    async with running_hub(settings) as secured:
        page = await secured.http.get(path)
    assert "secure" in page.headers["set-cookie"].lower()


async def test_a_form_without_the_browsers_value_is_shown_again_and_changes_nothing(hub: RunningHub) -> None:
    _, _, path = await link(hub)
    async with Visitor(hub) as visitor, Visitor(hub) as other:
        shown = await other.open(path)
        for answer in (
            await visitor.post(path),
            await visitor.post(path, **{FIELD: "made up"}),
            await visitor.press(shown, path),
        ):
            assert answer.status_code == 403
            assert "Tero Virtanen" in answer.text
            assert "enroute_technician" not in answer.headers.get("set-cookie", "")
    assert await count(hub) == (0, 0, 0)


async def test_a_link_enrols_one_phone_only(hub: RunningHub) -> None:
    _, _, path = await link(hub)
    async with Visitor(hub) as first, Visitor(hub) as second:
        shown = await second.open(path)
        await first.press(await first.open(path), path)
        late = await second.press(shown, path)
        assert late.status_code == 404
        assert "no longer works" in late.text
        assert (await second.open(path)).status_code == 404
        assert (await second.open("/tech")).status_code == 401
    assert await count(hub) == (1, 1, 1)


async def test_of_two_presses_at_once_one_enrols(hub: RunningHub) -> None:
    _, _, path = await link(hub)
    async with Visitor(hub) as first, Visitor(hub) as second:
        shown = [await one.open(path) for one in (first, second)]
        answers = await asyncio.gather(first.press(shown[0], path), second.press(shown[1], path))
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    assert await count(hub) == (1, 1, 1)


async def test_a_second_press_on_the_enrolled_phone_leads_to_its_visits(hub: RunningHub) -> None:
    _, _, path = await link(hub)
    async with Visitor(hub) as visitor:
        shown = await visitor.open(path)
        await visitor.press(shown, path)
        again = await visitor.press(shown, path)
    assert (again.status_code, again.headers["location"]) == (303, "/tech")
    assert await count(hub) == (1, 1, 1)


async def test_a_double_press_whose_first_answer_was_thrown_away_enrols_all_the_same(hub: RunningHub) -> None:
    _, _, path = await link(hub)
    async with Visitor(hub) as visitor:
        shown = await visitor.open(path)
        await visitor.press(shown, path)
        del visitor.http.cookies["enroute_technician"]  # the browser never saw the first answer
        again = await visitor.press(shown, path)
        assert (again.status_code, again.headers["location"]) == (303, "/tech")
        assert (await visitor.open("/tech")).status_code == 200
    assert await count(hub) == (1, 1, 1)


@pytest.mark.parametrize("why", ["expired", "revoked", "unknown", "technician gone", "odd"])
async def test_a_link_that_is_over_says_so(hub: RunningHub, why: str) -> None:
    now = datetime.now(UTC)
    directory, enrolment_id, path = await link(hub)
    async with hub.database.write() as tx:
        if why == "expired":
            await tx.execute(update(enrolment).values(expires_at=now))
        if why == "revoked":
            assert await enrolments.revoke(tx, enrolment_id, now)
        if why == "technician gone":
            await tx.execute(update(resource).where(resource.c.id == directory.resource_id).values(active=False))
    path = {"unknown": "/tech/enrol/nobody", "odd": "/tech/enrol/%00%C3%28"}.get(why, path)
    async with Visitor(hub) as visitor:
        page = await visitor.open(path)
        assert page.status_code == 404
        assert "no longer works" in page.text
        assert (await visitor.post(path)).status_code == 404
    assert await count(hub) == (0, 0, 0)


async def test_in_a_demo_the_link_works_again_and_again(hub: RunningHub) -> None:
    _, _, path = await link(hub, demo=True)
    for _ in range(2):
        async with Visitor(hub) as visitor:
            answer = await visitor.press(await visitor.open(path), path)
            assert answer.status_code == 303
            assert (await visitor.open("/tech")).status_code == 200
    assert await count(hub) == (2, 2, 1)


async def test_a_planted_session_is_not_taken_over(hub: RunningHub) -> None:
    _, _, path = await link(hub)
    async with Visitor(hub) as visitor:
        visitor.http.cookies.set("enroute_technician", "planted", domain="127.0.0.1")
        await visitor.press(await visitor.open(path), path)
    async with Visitor(hub) as planter:
        planter.http.cookies.set("enroute_technician", "planted", domain="127.0.0.1")
        assert (await planter.open("/tech")).status_code == 401
