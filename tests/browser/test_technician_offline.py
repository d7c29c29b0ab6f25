"""The technician's phone without a connection: it goes on, keeps everything, and catches up once."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select, update

from hub.domain.booking_status import BookingStatus
from hub.domain.geodesy import Point
from hub.domain.geofence import Crossing, CrossingKind
from hub.services.change_status import change_status
from hub.store import bookings, crossings, events
from hub.store.tables import device, resource
from hub.web.technician import shell
from tests.browser.test_technician_story import Phone, a_phone, at_home
from tests.builders import build_enrolment, build_resource, build_visit
from tests.integration.hub import RunningHub, Scene

OFFLINE = "No connection."
AWAY = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource", "WebSocket connection to")
"""What a browser says by itself while it has no connection."""
KEPT = """async () => {
  const names = await caches.keys();
  const databases = (await indexedDB.databases()).map(({ name }) => name);
  const workers = (await navigator.serviceWorker.getRegistrations()).length;
  return { caches: names.length, databases, workers, local: localStorage.length };
}"""
CATCHES_UP_MS = 15_000


async def until(what: Callable[[], Awaitable[object]], timeout_s: float = 20) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(timeout_s):
        while not await what():  # noqa: ASYNC110 - the other side tells nobody
            await asyncio.sleep(0.1)


async def installed(phone: Phone) -> None:
    """Wait until the page opens without a connection."""
    await phone.page.wait_for_function("() => navigator.serviceWorker.controller !== null")


async def pings_sent(phone: Phone) -> list[list[dict[str, object]]]:
    """Note the frames that the phone sends from now on, over all its connections."""
    frames: list[list[dict[str, object]]] = []
    phone.page.on(
        "websocket", lambda socket: socket.on("framesent", lambda text: frames.append(msgspec.json.decode(text)))
    )
    return frames


async def test_what_is_done_without_a_connection_arrives_once_in_order_with_its_own_time(
    city_hub: RunningHub, browser: Browser, city_folder: Path, pictures: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start, tolerate=AWAY) as phone:
        frames = await pings_sent(phone)
        await phone.press("Set off")
        await expect(phone.page.get_by_test_id("seen")).to_contain_text("Your customer can see you now.")
        await installed(phone)
        await phone.context.set_offline(True)
        await expect(phone.page.get_by_text(OFFLINE)).to_be_visible()
        for n in range(3):
            await phone.is_at(Point(start.lat + 0.001 * (n + 1), start.lon))
            await phone.page.wait_for_timeout(1_200)
        await expect(phone.words).to_contain_text("No signal")
        await phone.page.reload()
        await expect(phone.page.get_by_test_id("status")).to_have_text("On the way")
        await expect(phone.page.get_by_test_id("waiting")).to_contain_text("Positions that wait to be sent")
        pressed_at = datetime.now(UTC)
        await phone.press("I have arrived")
        await expect(phone.page.get_by_test_id("status")).to_have_text("At work")
        await expect(phone.page.get_by_test_id("waiting")).to_contain_text("“I have arrived” for Aino Aalto")
        await phone.page.screenshot(path=pictures / "technician-offline.png")
        await phone.page.reload()
        await expect(phone.page.get_by_test_id("status")).to_have_text("At work")
        frames.clear()
        await asyncio.sleep(2)  # so that times when it was done and when it was told differ
        await phone.context.set_offline(False)
        await expect(phone.page.get_by_test_id("waiting")).to_be_hidden(timeout=CATCHES_UP_MS)
        await expect(phone.page.get_by_text(OFFLINE)).to_be_hidden()
        await expect(phone.page.get_by_test_id("status")).to_have_text("At work")

    async with city_hub.database.read() as tx:
        booking = await bookings.get(tx, scene.visit.booking_id)
        told = await events.of_booking(tx, scene.visit.booking_id)
    assert booking is not None
    assert booking.arrived_at is not None
    assert abs(booking.arrived_at - pressed_at) < timedelta(seconds=1.5)
    statuses = [event.data["to"] for event in told if "to" in event.data]
    assert statuses == ["traveling", "in_progress"]

    sent = [ping for frame in frames for ping in frame]
    times = [str(ping["at"]) for ping in sent]
    assert len(sent) >= 3
    assert len({ping["id"] for ping in sent}) == len(sent)
    assert times[0] == max(times)  # the newest goes first, alone
    assert len(frames[0]) == 1
    assert all(earlier < later for earlier, later in pairwise(times[1:]))


async def test_a_status_that_is_refused_later_is_explained_and_the_truth_shown(
    city_hub: RunningHub, browser: Browser, city_folder: Path, pictures: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start, tolerate=(*AWAY, "409")) as phone:
        await installed(phone)
        await phone.context.set_offline(True)
        await phone.press("Set off")
        await expect(phone.page.get_by_test_id("status")).to_have_text("On the way")
        await city_hub.set_status(scene, "canceled")
        await phone.context.set_offline(False)
        await expect(phone.page.get_by_text("was not possible any more")).to_be_visible(timeout=CATCHES_UP_MS)
        await expect(phone.page.get_by_text("Now it is: Canceled")).to_be_visible()
        await expect(phone.page.get_by_text("Nothing more to do")).to_be_visible()
        await expect(phone.page.get_by_test_id("waiting")).to_be_hidden()
        await phone.page.screenshot(path=pictures / "technician-refused.png")


async def test_a_day_goes_on_visit_by_visit_without_a_connection(
    city_hub: RunningHub, browser: Browser, city_folder: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with city_hub.database.write() as tx:
        starts_at = datetime.now(UTC) + timedelta(minutes=90)
        second = await build_visit(tx, directory=scene.visit.directory, starts_at=starts_at)
    async with a_phone(city_hub, browser, scene, start, tolerate=AWAY) as phone:
        await installed(phone)
        await phone.context.set_offline(True)
        for says in ("Set off", "I have arrived", "Done", "Set off"):
            await phone.press(says)
        await expect(phone.page.get_by_text(re.compile("for Aino Aalto, .*: waits to be sent"))).to_have_count(4)
        await expect(phone.page.get_by_test_id("status")).to_have_text("On the way")
        await phone.context.set_offline(False)
        await expect(phone.page.get_by_test_id("waiting")).to_be_hidden(timeout=CATCHES_UP_MS)
    async with city_hub.database.read() as tx:
        found = [await bookings.get(tx, one) for one in (scene.visit.booking_id, second.booking_id)]
    assert [one and one.status for one in found] == ["completed", "traveling"]


async def test_signing_out_leaves_nothing_on_the_phone(
    city_hub: RunningHub, browser: Browser, city_folder: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start, tolerate=("401",)) as phone:
        await installed(phone)
        await phone.page.get_by_role("radio", name="Always", exact=True).check()
        assert (await phone.page.evaluate(KEPT))["caches"] == 1
        await phone.press("Sign out")
        await expect(phone.page.get_by_role("heading", name="You are signed out")).to_be_visible()
        await phone.page.wait_for_selector("html[data-forgotten]")
        assert await phone.page.evaluate(KEPT) == {"caches": 0, "databases": [], "workers": 0, "local": 0}


async def test_another_technician_on_the_same_phone_sees_and_sends_nothing_of_the_former(
    city_hub: RunningHub, browser: Browser, city_folder: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with city_hub.database.write() as tx:
        colleague = await build_resource(tx, scene.visit.directory.portal_id)
        await tx.execute(update(resource).where(resource.c.id == colleague).values(name="Kaisa Koski"))
        _, token = await build_enrolment(tx, colleague, expires_at=datetime.now(UTC) + timedelta(days=1))
    async with a_phone(city_hub, browser, scene, start, tolerate=AWAY) as phone:
        await installed(phone)
        await phone.page.get_by_role("radio", name="Always", exact=True).check()
        await phone.context.set_offline(True)
        await phone.press("Set off")
        await expect(phone.page.get_by_test_id("waiting")).to_be_visible()
        await phone.page.goto("about:blank")
        before = await _status(city_hub, scene)
        await phone.context.set_offline(False)
        await phone.page.goto(f"{city_hub.base_url}/tech/enrol/{token}")
        await phone.press("Yes, use this phone")
        await expect(phone.page.get_by_text("This phone is enrolled for Kaisa Koski.")).to_be_visible()
        await expect(phone.page.get_by_test_id("waiting")).to_be_hidden()
        await expect(phone.page.get_by_role("radio", name="On the way", exact=True)).to_be_checked()
        await installed(phone)
        await phone.context.set_offline(True)
        await phone.page.reload()
        await expect(phone.page.get_by_text("This phone is enrolled for Kaisa Koski.")).to_be_visible()
        await expect(phone.page.get_by_text("Aino Aalto")).to_have_count(0)
        await phone.context.set_offline(False)
    assert await _status(city_hub, scene) == before


async def test_a_new_version_takes_over_whole(
    city_hub: RunningHub, browser: Browser, city_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "technician"
    shutil.copytree(shell.FOLDER, program)
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start, tolerate=AWAY) as phone:
        await installed(phone)
        before = shell.shell_version()
        monkeypatch.setattr(shell, "FOLDER", program)
        (program / "day.mjs").write_text((program / "day.mjs").read_text() + "\nglobalThis.newer = true;\n")
        assert shell.shell_version() != before
        await phone.page.evaluate("() => navigator.serviceWorker.getRegistration('/tech').then((one) => one.update())")
        await phone.page.wait_for_function("() => globalThis.newer === true")
        assert await phone.page.evaluate("caches.keys()") == [f"enroute-technician-{shell.shell_version()}"]
        await phone.context.set_offline(True)
        await phone.page.reload()
        await phone.page.wait_for_function("() => globalThis.newer === true")
        await phone.context.set_offline(False)


async def test_sharing_turned_off_without_a_connection_is_told_later(
    city_hub: RunningHub, browser: Browser, city_folder: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)

    async def silences() -> list[str]:
        async with city_hub.database.read() as tx:
            return [one for one in (await tx.execute(select(device.c.silence))).scalars() if one]

    async with a_phone(city_hub, browser, scene, start, tolerate=AWAY) as phone:
        await installed(phone)
        await phone.context.set_offline(True)
        await phone.page.get_by_role("radio", name="Off", exact=True).check()
        await expect(phone.page.get_by_test_id("waiting")).to_contain_text("Your choice of sharing waits")
        assert await silences() == []
        await phone.context.set_offline(False)
        await until(silences)
        assert await silences() == ["sharing_off"]
        await phone.page.get_by_role("radio", name="On the way", exact=True).check()

        async def none() -> bool:
            return not await silences()

        await until(none)


async def test_an_arrival_is_suggested_and_answered(
    city_hub: RunningHub, browser: Browser, city_folder: Path, pictures: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start) as phone:
        await phone.press("Set off")
        await expect(phone.page.get_by_test_id("seen")).to_contain_text("can see you now. Nobody is looking")
        async with city_hub.live(scene) as customer:
            await customer.recv()
            await expect(phone.page.get_by_test_id("seen")).to_contain_text("1 person is looking.", timeout=25_000)
        await _arrive(city_hub, scene)
        banner = phone.page.get_by_text("You seem to have arrived at Aino Aalto.")
        await expect(banner).to_be_visible(timeout=25_000)
        await phone.page.screenshot(path=pictures / "technician-arrival.png")
        await phone.press("Not yet")
        await expect(banner).to_be_hidden()

        async def answered() -> bool:
            async with city_hub.database.read() as tx:
                return not await crossings.open_arrivals(tx, scene.visit.directory.resource_id)

        await until(answered)


async def test_an_arrival_is_confirmed_with_the_time_at_which_it_was_noticed(
    city_hub: RunningHub, browser: Browser, city_folder: Path
) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start) as phone:
        await phone.press("Set off")
        await expect(phone.page.get_by_test_id("waiting")).to_be_hidden()
        await until(lambda: _is(city_hub, scene, "traveling"))
        arrived_at = await _arrive(city_hub, scene)
        yes = phone.page.locator("#arrival [data-yes]")
        await yes.click(timeout=25_000)
        await expect(phone.page.get_by_test_id("status")).to_have_text("At work")
        await until(lambda: _is(city_hub, scene, "in_progress"))
    async with city_hub.database.read() as tx:
        booking = await bookings.get(tx, scene.visit.booking_id)
    assert booking is not None
    assert booking.arrived_at is not None
    assert abs(booking.arrived_at - arrived_at) < timedelta(milliseconds=2)


async def test_of_two_tabs_one_shares(city_hub: RunningHub, browser: Browser, city_folder: Path) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start) as phone:
        await phone.press("Set off")
        await expect(phone.words).to_have_text("Your position is shared while you are on the way")
        second = await phone.context.new_page()
        await second.goto(f"{city_hub.base_url}/tech")
        words = second.locator("#sharing [data-words]")
        await expect(words).to_have_text("Another tab of this browser shares your position")
        await phone.page.close()
        await expect(words).to_have_text("Your position is shared while you are on the way")


async def _is(hub: RunningHub, scene: Scene, status: str) -> bool:
    return await _status(hub, scene) == status


async def _status(hub: RunningHub, scene: Scene) -> str:
    async with hub.database.read() as tx:
        booking = await bookings.get(tx, scene.visit.booking_id)
    assert booking is not None
    return booking.status


async def _arrive(hub: RunningHub, scene: Scene) -> datetime:
    """Write down that the technician has arrived, and when."""
    now = datetime.now(UTC)
    async with hub.database.write() as tx:
        booking = await bookings.get(tx, scene.visit.booking_id)
        assert booking is not None
        assert booking.traveling_at is not None
        crossing = Crossing(scene.visit.booking_id, booking.traveling_at, CrossingKind.ARRIVED, now)
        await crossings.insert_crossings(tx, [crossing], now)
    return now


async def test_what_dispatch_changes_comes_by_itself(city_hub: RunningHub, browser: Browser, city_folder: Path) -> None:
    scene, start = await at_home(city_hub, city_folder)
    async with a_phone(city_hub, browser, scene, start) as phone:
        await change_status(
            city_hub.database,
            scene.visit.booking_id,
            BookingStatus.CANCELED,
            actor="test",
            now=datetime.now(UTC),
            portal_id=None,
        )
        await expect(phone.page.get_by_text("Nothing more to do")).to_be_visible(timeout=25_000)
