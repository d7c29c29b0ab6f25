"""`/staff/sign-in` and `/staff/sign-out`."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import func, select, update

from hub.domain.roles import Role
from hub.services.manage_staff import AddedStaff, add_staff, revoke_staff
from hub.services.passwords import Passwords
from hub.services.sign_in import TRIES_AT_ONCE
from hub.store.tables import session
from hub.web.forms import FIELD
from tests.builders import BuiltDirectory, build_directory
from tests.integration.hub import RunningHub
from tests.integration.visitor import Visitor

SIGN_IN = "/staff/sign-in"
EMAIL, PASSWORD, WRONG = "aino@example.org", "a long enough password", "a wrong one"


async def a_dispatcher(hub: RunningHub) -> BuiltDirectory:
    """Build a portal with a member of staff."""
    async with hub.database.write() as tx:
        directory = await build_directory(tx)
    added = await add_staff(
        hub.database,
        Passwords(),
        directory.portal_id,
        EMAIL,
        Role.DISPATCHER,
        PASSWORD,
        now=datetime.now(UTC),
    )
    assert isinstance(added, AddedStaff)
    return directory


async def sign_in(
    visitor: Visitor, email: str = EMAIL, password: str = PASSWORD, path: str = SIGN_IN
) -> httpx.Response:
    """Open the form, fill it in and send it."""
    return await visitor.press(await visitor.open(path), SIGN_IN, email=email, password=password)


async def sessions(hub: RunningHub) -> int:
    async with hub.database.read() as tx:
        return (await tx.execute(select(func.count()).select_from(session))).scalar_one()


async def test_email_and_password_lead_to_the_staff_page(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        answer = await sign_in(visitor, f"  {EMAIL.upper()} ")
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
        assert EMAIL in (await visitor.open("/staff")).text
        assert (await visitor.open(SIGN_IN)).headers["location"] == "/staff"
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("enroute_session=")]
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= flags


@pytest.mark.parametrize(("email", "password"), [(EMAIL, WRONG), ("nobody@example.org", PASSWORD), ("a\x00b", WRONG)])
async def test_a_wrong_password_and_an_unknown_email_get_the_same_words(
    hub: RunningHub, email: str, password: str
) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        answer = await sign_in(visitor, email, password)
    assert answer.status_code == 422
    assert "Email and password do not fit together" in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert await sessions(hub) == 0


async def test_what_is_missing_is_named_beside_its_field(hub: RunningHub) -> None:
    async with Visitor(hub) as visitor:
        answer = await sign_in(visitor, "kept@example.org", "")
    assert answer.status_code == 422
    assert 'value="kept@example.org"' in answer.text
    assert 'href="#password"' in answer.text
    assert 'aria-invalid="true" aria-describedby="password-fault"' in answer.text
    assert 'id="password-fault"' in answer.text
    assert 'aria-describedby="email-fault"' not in answer.text


async def test_a_form_without_the_browsers_value_signs_nobody_in(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor, Visitor(hub) as other:
        typed = {"email": EMAIL, "password": PASSWORD}
        shown = await other.open(SIGN_IN)
        answers = [
            await visitor.post(SIGN_IN, **typed),
            await visitor.post(SIGN_IN, **typed, **{FIELD: "made up"}),
            await visitor.press(shown, SIGN_IN, **typed),
        ]
    assert [answer.status_code for answer in answers] == [403] * 3
    assert await sessions(hub) == 0


async def test_guessing_is_slowed_down_also_with_the_right_password(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        page = await visitor.open(SIGN_IN)
        for _ in range(TRIES_AT_ONCE):
            wrong = await visitor.press(page, SIGN_IN, email=EMAIL, password=WRONG)
            assert wrong.status_code == 422
        slowed = await visitor.press(page, SIGN_IN, email=EMAIL.upper(), password=PASSWORD)
        other = await visitor.press(page, SIGN_IN, email="other@example.org", password=WRONG)
    assert slowed.status_code == 429
    assert 1 <= int(slowed.headers["retry-after"]) <= 12
    assert other.status_code == 422
    assert await sessions(hub) == 0


async def test_after_signing_in_people_are_where_they_wanted_to_be(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        sent = await visitor.open("/staff")
        assert sent.status_code == 303
        assert sent.headers["location"] == "/staff/sign-in?next=%2Fstaff"
        answer = await sign_in(visitor, path=sent.headers["location"])
    assert answer.headers["location"] == "/staff"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example",
        "/%0a/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\u2028x",
    ],
)
async def test_nobody_is_led_to_another_site(hub: RunningHub, target: str) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        answer = await sign_in(visitor, path=f"{SIGN_IN}?next={target}")
        assert answer.headers["location"] == "/staff"
        again = await visitor.open(f"{SIGN_IN}?next={target}")
    assert not urlsplit(again.headers["location"]).netloc
    assert again.headers["location"] == "/staff"


async def test_each_sign_in_has_a_session_of_its_own_and_ends_the_one_before(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor, Visitor(hub) as thief:
        visitor.http.cookies.set("enroute_session", "planted", domain="127.0.0.1")
        form = await visitor.open(SIGN_IN)
        await visitor.press(form, SIGN_IN, email=EMAIL, password=PASSWORD)
        tokens = [one.value for one in visitor.http.cookies.jar if one.name == "enroute_session"]
        assert "planted" not in tokens[-1:]
        first = tokens[-1]
        await visitor.press(form, SIGN_IN, email=EMAIL, password=PASSWORD)
        for token in ("planted", first):
            thief.http.cookies.clear()
            thief.http.cookies.set("enroute_session", token or "", domain="127.0.0.1")
            assert (await thief.open("/staff")).status_code == 303
        assert (await visitor.open("/staff")).status_code == 200


async def test_signing_out_ends_the_session_itself(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor, Visitor(hub) as thief:
        await sign_in(visitor)
        token = visitor.http.cookies["enroute_session"]
        assert (await visitor.open("/staff/sign-out")).status_code == 405
        await visitor.post("/staff/sign-out")
        page = await visitor.open("/staff")
        assert page.status_code == 200  # neither a link nor another site signs anybody out
        answer = await visitor.press(page, "/staff/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)
        thief.http.cookies.set("enroute_session", token, domain="127.0.0.1")
        assert (await thief.open("/staff")).status_code == 303


async def test_disabled_staff_are_out_at_once_and_stay_out(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        await sign_in(visitor)
        assert await revoke_staff(hub.database, EMAIL, now=datetime.now(UTC))
        assert (await visitor.open("/staff")).status_code == 303
        assert (await sign_in(visitor)).status_code == 422


async def test_after_12_hours_staff_sign_in_again(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        await sign_in(visitor)
        async with hub.database.write() as tx:
            (stays,) = await tx.execute(select(session.c.created_at, session.c.expires_at))
            assert (stays.expires_at - stays.created_at).total_seconds() == 12 * 3600
            await tx.execute(update(session).values(expires_at=datetime.now(UTC)))
        assert (await visitor.open("/staff")).status_code == 303
