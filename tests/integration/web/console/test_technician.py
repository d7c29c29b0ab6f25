"""`/staff/technicians/{id}`: where somebody is, why their marker did not move, and their devices."""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from hub.domain.roles import Role
from hub.domain.silence import Silence
from hub.store.tables import device, resource, staff
from hub.store.track_history import TrackPoint, insert_points
from hub.store.working_hours import WorkingHours, insert_working_hours
from tests.builders import SECRET, BuiltDirectory, build_device, build_directory, build_resource
from tests.integration.hub import RunningHub, ping_at, running_hub
from tests.integration.visitor import Visitor
from tests.integration.web.console.test_sign_in import sign_in
from tests.integration.web.console.test_today import a_visit, dispatcher


def page_of(directory: BuiltDirectory) -> str:
    return f"/staff/technicians/{directory.resource_id}"


def form_of(directory: BuiltDirectory, device_id: str, what: str) -> str:
    return f"{page_of(directory)}/devices/{device_id}/{what}"


async def a_phone(hub: RunningHub, directory: BuiltDirectory, **values: Any) -> str:
    """Build a device of the technician."""
    async with hub.database.write() as tx:
        device_id, _ = await build_device(tx, directory.resource_id)
        if values:
            await tx.execute(update(device).where(device.c.id == device_id).values(**values))
    return device_id


async def a_track(hub: RunningHub, directory: BuiltDirectory, *points: dict[str, Any]) -> None:
    """Keep pings, the first the oldest."""
    now = datetime.now(UTC)
    kept = [
        TrackPoint(
            device_id="de_1",
            ping_key=number.to_bytes(16),
            resource_id=directory.resource_id,
            at=now + timedelta(seconds=number - len(points)),
            lat=60.17,
            lon=24.94,
            received_at=now,
            **({"verdict": "accepted"} | values),
        )
        for number, values in enumerate(points)
    ]
    async with hub.database.write() as tx:
        for start in range(0, len(kept), 500):
            await insert_points(tx, kept[start : start + 500])


def rows_of(page: httpx.Response) -> list[str]:
    """Read the table of pings, each row's words."""
    found = re.findall(r'<tr id="point-\d+".*?</tr>', page.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


async def test_a_technician_who_was_never_seen_has_a_page_too(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        page = await visitor.open(page_of(directory))

    assert page.status_code == 200
    assert "Tero Virtanen" in page.text
    assert "no phone yet" in page.text
    assert "There are no such positions." in page.text
    assert "trace.mjs" not in page.text


async def test_the_last_position_is_told_with_its_age_and_the_visit_of_now(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await a_visit(hub, directory, "in_progress")
        async with hub.database.write() as tx:
            _, token = await build_device(tx, directory.resource_id)
        sent = await hub.http.post("/api/v1/pings", json=ping_at(), headers={"Authorization": f"Bearer {token}"})
        assert sent.json() == {"accepted": 1}
        page = await visitor.open(page_of(directory))

    assert re.search(r'data-freshness="live">.*?updated \d+ s ago', page.text)
    assert "At work · Aino Aalto" in page.text
    assert 'data-testid="silence"' not in page.text


async def test_pings_are_told_with_verdict_reasons_and_what_the_phone_said(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await a_track(
            hub,
            directory,
            {"accuracy_m": 8.4, "speed_mps": 10.0, "battery": 0.83},
            {"verdict": "flagged", "reasons": ["inaccurate", "teleport"], "accuracy_m": 1500.0},
            {"verdict": "late", "mock": True},
        )
        page = await visitor.open(page_of(directory))

    late, flagged, accepted = (re.sub(r"^.*?:\d\d:\d\d ", "", row) for row in rows_of(page))
    assert late == "Late made up by an app – – –"
    assert flagged == "Flagged too inaccurate to show faster than anybody drives 1,500 m – –"
    assert accepted == "Accepted 8 m 36 km/h 83%"
    assert '"number":0,"verdict":"late"' in page.text.replace(" ", "").replace('"lat":60.17,"lon":24.94,', "")


async def test_the_last_200_are_shown_and_can_be_narrowed_to_a_verdict(hub: RunningHub) -> None:
    flagged = {"verdict": "flagged", "reasons": ["teleport"]}
    async with dispatcher(hub) as (visitor, directory):
        await a_track(hub, directory, flagged, *[{}] * 205)
        pages = [await visitor.open(page_of(directory) + query) for query in ("", "?verdict=flagged", "?verdict=x")]

    assert [len(rows_of(page)) for page in pages] == [200, 1, 200]
    assert "Flagged" not in " ".join(rows_of(pages[0]))
    assert re.search(r'\?verdict=flagged#pings"[^>]* aria-current="true"', pages[1].text)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"silence": Silence.SHARING_OFF, "silence_at": datetime.now(UTC)}, "Sharing is turned off on the phone"),
        ({"silence": Silence.LAST_WILL, "silence_at": datetime.now(UTC)}, "The phone lost its connection"),
        (
            {"battery": 0.05, "last_seen_at": datetime(2026, 1, 1, tzinfo=UTC)},
            "The phone's battery was nearly empty",
        ),
    ],
)
async def test_why_nothing_is_heard_is_said(hub: RunningHub, known: dict[str, Any], words: str) -> None:
    async with dispatcher(hub) as (visitor, directory):
        await a_phone(hub, directory, **known)
        pages = [await visitor.open(path) for path in (page_of(directory), "/staff")]

    for page in pages:
        assert words in unescape(page.text)


async def test_outside_tracking_hours_is_a_reason_too_and_counts_from_the_first_ping(hub: RunningHub) -> None:
    async with dispatcher(hub) as (_, directory), hub.database.write() as tx:
        _, token = await build_device(tx, directory.resource_id)
        in_3_days = (datetime.now(UTC).weekday() + 3) % 7
        hours = WorkingHours(resource_id=directory.resource_id, weekday=in_3_days, starts_s=0, ends_s=86_400)
        await insert_working_hours(tx, [hours])
        await tx.execute(update(resource).values(tracking="working_hours"))
    async with running_hub(hub.settings) as started, Visitor(started) as visitor:
        headers = {"Authorization": f"Bearer {token}"}
        sent = await started.http.post("/api/v1/pings", json=ping_at(), headers=headers)
        await sign_in(visitor)
        page = await visitor.open(page_of(directory))

    assert sent.json()["others"] == [{"index": 0, "verdict": "rejected", "reasons": ["off_hours"]}]
    assert 'data-testid="silence">Outside tracking hours' in page.text
    assert "heard" not in re.sub("never heard", "", page.text)
    assert 'value="working_hours" checked' in page.text
    assert "No working hours are known" not in page.text


async def test_devices_are_told_with_app_battery_and_when_they_were_heard(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        heard = datetime.now(UTC) - timedelta(minutes=5, seconds=20)
        await a_phone(hub, directory, app="OwnTracks", battery=0.83, last_seen_at=heard)
        await a_phone(hub, directory, name="Old one", revoked_at=heard)
        page = await visitor.open(page_of(directory))

    for fact in ("OwnTracks", "battery 83%", "heard 5 min ago", "Revoked: 1", "Old one", "never heard"):
        assert fact in page.text
    assert page.text.count('data-testid="device"') == 1


async def test_a_device_is_renamed_by_form(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        action = form_of(directory, await a_phone(hub, directory), "name")
        page = await visitor.open(page_of(directory))
        answer = await visitor.press(page, action, name="  Van\x07 <b>tablet</b> ")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{page_of(directory)}?done=renamed")
        shown = await visitor.open(answer.headers["location"])
        empty = await visitor.press(page, action, name=" ")

    assert "Van &lt;b&gt;tablet&lt;/b&gt;" in shown.text
    assert "the device has its new name" in shown.text
    assert empty.status_code == 422
    assert "a device needs a name" in empty.text


async def test_a_device_is_revoked_by_form_after_it_was_asked(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        device_id = await a_phone(hub, directory)
        page = await visitor.open(page_of(directory))
        assert "This cannot be taken back" in page.text
        answer = await visitor.press(page, form_of(directory, device_id, "revoked"))
        assert answer.headers["location"] == f"{page_of(directory)}?done=revoked"
        shown = await visitor.open(answer.headers["location"])
        assert (await visitor.press(page, form_of(directory, device_id, "revoked"))).status_code == 303

    assert 'data-testid="device"' not in shown.text
    assert "Revoked: 1" in shown.text


@pytest.mark.parametrize(
    ("chosen", "kept"), [("working_hours", "working_hours"), ("always", "always"), ("default", None)]
)
async def test_the_tracking_rule_is_set_by_form(hub: RunningHub, chosen: str, kept: str | None) -> None:
    async with dispatcher(hub) as (visitor, directory):
        action = f"{page_of(directory)}/tracking"
        page = await visitor.open(page_of(directory))
        answer = await visitor.press(page, action, tracking=chosen)
        assert answer.headers["location"] == f"{page_of(directory)}?done=tracking"
        shown = await visitor.open(answer.headers["location"])
        async with hub.database.read() as tx:
            assert (await tx.execute(select(resource.c.tracking))).scalar_one() == kept
        assert (await visitor.press(page, action, tracking="sometimes")).status_code == 422

    assert f'value="{chosen}" checked' in shown.text
    assert ("No working hours are known" in shown.text) is (chosen == "working_hours")


async def test_a_form_without_the_browsers_value_changes_nothing(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        device_id = await a_phone(hub, directory)
        for action in (
            form_of(directory, device_id, "name"),
            form_of(directory, device_id, "revoked"),
            f"{page_of(directory)}/tracking",
        ):
            answer = await visitor.post(action, name="x", tracking="always")
            assert answer.status_code == 403
            assert "Nothing was changed" in answer.text
            assert (await visitor.open(action)).status_code == 405
        async with hub.database.read() as tx:
            kept = (await tx.execute(select(device.c.name, device.c.revoked_at))).one()
    assert tuple(kept) == ("Phone", None)


async def test_other_portals_technicians_and_devices_are_unknown(hub: RunningHub) -> None:
    async with hub.database.write() as tx:
        theirs = await build_directory(tx)
    their_phone = await a_phone(hub, theirs)
    async with dispatcher(hub) as (visitor, directory):
        async with hub.database.write() as tx:
            colleague = await build_resource(tx, directory.portal_id)
            colleagues_phone, _ = await build_device(tx, colleague)
        await visitor.open(page_of(directory))  # which gives the browser its cookie
        paths = (page_of(theirs), "/staff/technicians/re_nobody", "/staff/technicians/a%00b")
        assert [(await visitor.open(path)).status_code for path in paths] == [404] * 3
        tries = (
            f"{page_of(theirs)}/tracking",
            form_of(theirs, their_phone, "name"),
            form_of(theirs, their_phone, "revoked"),
        )
        answers = [
            await visitor.post(action, form_token=_token_for(visitor, action), name="x", tracking="always")
            for action in tries
        ]
        assert [answer.status_code for answer in answers] == [404] * 3
        for other in (their_phone, colleagues_phone, "de_nobody"):
            action = form_of(directory, other, "revoked")
            token = _token_for(visitor, action)
            assert (await visitor.post(action, form_token=token)).status_code == 404
    async with hub.database.read() as tx:
        revoked = (await tx.execute(select(device.c.revoked_at))).scalars().all()
    assert revoked == [None, None]


async def test_who_is_not_signed_in_is_sent_to_sign_in(hub: RunningHub) -> None:
    async with Visitor(hub) as visitor:
        answer = await visitor.open("/staff/technicians/re_1")
        posted = await visitor.post("/staff/technicians/re_1/tracking", tracking="always")

    assert answer.headers["location"].startswith("/staff/sign-in?next=%2Fstaff%2Ftechnicians")
    assert posted.status_code == 303


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DISPATCHER])
async def test_all_staff_may_see_and_manage(hub: RunningHub, role: Role) -> None:
    async with dispatcher(hub) as (visitor, directory):
        device_id = await a_phone(hub, directory)
        async with hub.database.write() as tx:
            await tx.execute(update(staff).values(role=role))
        page = await visitor.open(page_of(directory))
        revoked = await visitor.press(page, form_of(directory, device_id, "revoked"))

    assert page.status_code == 200
    assert revoked.status_code == 303


async def test_everybody_is_listed_with_where_they_are(hub: RunningHub) -> None:
    async with dispatcher(hub) as (visitor, directory):
        async with hub.database.write() as tx:
            _, token = await build_device(tx, directory.resource_id)
            await build_resource(tx, directory.portal_id)
            gone = await build_resource(tx, directory.portal_id)
            await tx.execute(update(resource).where(resource.c.id == gone).values(active=False))
        await a_visit(hub, directory, "traveling")
        await hub.http.post("/api/v1/pings", json=ping_at(), headers={"Authorization": f"Bearer {token}"})
        page = await visitor.open("/staff")

    rows = re.findall(r'data-testid="technician-row".*?</li>', page.text, re.DOTALL)
    words = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert len(words) == 2
    assert re.search(r"Tero Virtanen On the way · Aino Aalto updated \d+ s ago", " ".join(words))
    assert "no phone yet" in " ".join(words)
    assert f'href="{page_of(directory)}"' in page.text


def _token_for(visitor: Visitor, action: str) -> str:
    """Make the form token of any action, as only the hub can: the cookie is this browser's."""
    cookie = visitor.http.cookies["enroute_form"]
    return hmac.new(SECRET, f"form:{action}:{cookie}".encode(), "sha256").hexdigest()
