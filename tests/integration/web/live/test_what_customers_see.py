"""What a portal's rules leave of a technician on the way, over every way out of the hub."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import polyline
import pytest
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection

from hub.demo.address_file import load
from hub.domain.geodesy import Point, distance_m
from hub.domain.geofence import Crossing, CrossingKind
from hub.domain.visibility import AREA_M, Rules, cell_of
from hub.store import crossings
from hub.store.tables import booking, location
from hub.store.visibility import set_rules
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, Scene, hub_settings, next_of, ping_at, running_hub
from tests.integration.stores import TestValkey
from tests.integration.web.technician.test_page import enrolled
from tests.integration.web.technician.test_steps import Page

HOME = Point(60.1635, 24.9385)
FAR = Point(60.1721234, 24.9471234)
"""More than a kilometre from home."""
KNOWN_S = 2.1
"""Until every process knows what has changed in SQL."""


async def rule(hub: RunningHub, scene: Scene, rules: Rules) -> None:
    async with hub.database.write() as tx:
        await set_rules(tx, scene.visit.directory.portal_id, rules)


async def snapshot_of(hub: RunningHub, scene: Scene) -> dict[str, Any]:
    found: dict[str, Any] = (await hub.http.get(f"/v/{scene.link_token}/snapshot")).json()
    return found


async def all_that_is_told(hub: RunningHub, scene: Scene, live: ClientConnection) -> str:
    """Read everything a holder of the link can get at: messages, events, snapshot, page and calendar."""
    texts = [(await hub.http.get(f"/v/{scene.link_token}{path}")).text for path in ("", "/snapshot", "/calendar.ics")]
    async with hub.http.stream("GET", f"/v/{scene.link_token}/events") as events:
        async for line in events.aiter_lines():
            texts.append(line)
            break
    try:
        while True:
            texts.append(str(await asyncio.wait_for(live.recv(decode=True), 0.6)))
    except TimeoutError:
        return "\n".join(texts)


async def test_far_away_nothing_tells_more_than_the_area(hub: RunningHub) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    await rule(hub, scene, Rules(exact_within_m=300))
    await asyncio.sleep(KNOWN_S)
    async with hub.live(scene) as live:
        for step in range(3):
            told = ping_at(
                now + timedelta(seconds=step - 27), lat=FAR.lat + step * 1e-6, lon=FAR.lon, heading_deg=123.25
            )
            await hub.ping(scene, told)
            await asyncio.sleep(0.1)
        text = await all_that_is_told(hub, scene, live)
        for secret in ("60.17212", "24.94712", "123.25", '"speed_mps":9.5', '"polyline6"'):
            assert secret not in text
        seen = await snapshot_of(hub, scene)
        assert (seen["position"]["lat"], seen["position"]["lon"]) == msgspec.structs.astuple(cell_of(FAR))
        assert seen["position"]["accuracy_m"] == AREA_M
        assert seen["freshness"] != "lost"
        assert seen["eta"]["at"].endswith(":00Z")
        assert f'"lat":{seen["position"]["lat"]}' in text

        await hub.ping(scene, ping_at(now + timedelta(seconds=5), lat=HOME.lat + 0.001, lon=HOME.lon))
        near = (await next_of(live, "position"))["position"]
        assert (near["lat"], near["accuracy_m"], near["speed_mps"]) == (HOME.lat + 0.001, 8, 9.5)


async def test_a_rule_that_is_made_while_somebody_looks_counts_within_seconds(hub: RunningHub) -> None:
    scene = await hub.scene()
    await asyncio.sleep(KNOWN_S)
    await hub.ping(scene, ping_at(lat=FAR.lat, lon=FAR.lon))
    async with hub.live(scene) as live:
        assert (await next_of(live, "snapshot"))["position"]["lat"] == FAR.lat
        await rule(hub, scene, Rules(exact_within_m=300, name=False, photo=False, phone=False))
        told = await next_of(live, "status", timeout_s=5)
        assert (told["position"]["lat"], told["position"]["lon"]) == msgspec.structs.astuple(cell_of(FAR))
        assert told["technician"] == {"name": "Fix It", "photo_url": None, "phone": None}
        assert (await next_of(live, "route"))["route"] is None
        assert "Tero" not in (await hub.http.get(f"/v/{scene.link_token}")).text


async def test_a_technician_who_pauses_is_seen_no_more_until_they_go_on(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with enrolled(hub, scene.visit.directory) as phone, hub.live(scene) as live:
        text = (await phone.open("/tech")).text
        block = text.partition('id="sharing-settings">')[2].partition("</script>")[0]
        page = Page(phone, msgspec.json.decode(block)["call_token"])
        await asyncio.sleep(KNOWN_S)
        await hub.ping(scene, ping_at())
        await next_of(live, "position")

        await page.send("/tech/sharing", sharing=False)

        told = await next_of(live, "status", timeout_s=2)
        assert told["paused"] is True
        assert (told["position"], told["eta"], told["last_seen_at"]) == (None, None, None)
        assert told["technician"]["name"] == "Tero Virtanen"
        assert (await phone.http.get("/tech/state", headers={"Accept": "*/*"})).json()["seen"] == "paused"
        await hub.ping(scene, ping_at(lat=60.1701))  # from a device that knows of no pause
        with pytest.raises(TimeoutError):
            await next_of(live, "position", timeout_s=0.7)
        assert (await snapshot_of(hub, scene))["position"] is None

        await page.send("/tech/sharing", sharing=True)

        told = await next_of(live, "status", timeout_s=2)
        assert "paused" not in told
        assert told["position"]["lat"] == 60.1701


async def test_an_arrival_closes_the_map_until_the_technician_objects(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled")
    async with enrolled(hub, scene.visit.directory) as phone, hub.live(scene) as live:
        text = (await phone.open("/tech")).text
        block = text.partition('id="sharing-settings">')[2].partition("</script>")[0]
        page = Page(phone, msgspec.json.decode(block)["call_token"])
        await hub.set_status(scene, "traveling")
        await next_of(live, "status")
        await hub.ping(scene, ping_at())
        await next_of(live, "position")

        async with hub.database.write() as tx:
            set_off_at = (await tx.execute(booking.select())).one().traveling_at
            arrived = Crossing(scene.visit.booking_id, set_off_at, CrossingKind.ARRIVED, datetime.now(UTC))
            await crossings.insert_crossings(tx, [arrived], datetime.now(UTC))

        told = await next_of(live, "status", timeout_s=5)
        assert (told["visit"]["status"], told["technician"], told["position"]) == ("traveling", None, None)
        await hub.ping(scene, ping_at(lat=60.1705))
        assert (await snapshot_of(hub, scene))["position"] is None
        assert (await phone.http.get("/tech/state", headers={"Accept": "*/*"})).json()["seen"] == "closed"

        await page.send(f"/tech/visits/{scene.visit.booking_id}/arrival", arrived=False)

        told = await next_of(live, "status", timeout_s=2)
        assert told["technician"]["name"] == "Tero Virtanen"
        assert told["position"]["lat"] == 60.1705


async def test_the_map_closes_some_time_after_the_promised_window(hub: RunningHub) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    await rule(hub, scene, Rules(closes_after_min=30))
    await asyncio.sleep(KNOWN_S)
    await hub.ping(scene, ping_at())
    async with hub.live(scene) as live:
        assert (await next_of(live, "snapshot"))["position"] is not None
        async with hub.database.write() as tx:
            await tx.execute(
                booking.update().values(
                    window_earliest=now - timedelta(hours=2), window_latest=now - timedelta(minutes=29, seconds=55)
                )
            )
        told = await next_of(live, "status", timeout_s=6)
        assert (told["technician"], told["position"]) == (None, None)


async def test_near_the_customer_only_the_road_that_is_left_is_told(
    sqlite_template: Path,
    tmp_path: Path,
    session_valkey: TestValkey,
    redis_client: Redis,
    osrm_url: str,
    city_folder: Path,
) -> None:
    home, start = (address.place for address in load(city_folder)[:2])
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, router_url=osrm_url)
    async with running_hub(settings) as hub:
        scene, now = await hub.scene("scheduled"), datetime.now(UTC)
        await rule(hub, scene, Rules(exact_within_m=100))
        async with hub.database.write() as tx:
            await tx.execute(location.update().values(lat=home.lat, lon=home.lon))
        async with hub.live(scene) as live:
            await hub.set_status(scene, "traveling")
            await next_of(live, "status")
            await hub.ping(scene, ping_at(now - timedelta(seconds=60), lat=start.lat, lon=start.lon))
            assert (await next_of(live, "position"))["position"]["accuracy_m"] == AREA_M
            with pytest.raises(TimeoutError):
                await next_of(live, "route", timeout_s=1)
            assert (await snapshot_of(hub, scene))["route"] is None

            await hub.ping(scene, ping_at(now, lat=home.lat + 0.0005, lon=home.lon))
            told = await next_of(live, "route")

    left = [Point(lat, lon) for lat, lon in polyline.decode(told["route"]["polyline6"], 6)]
    assert distance_m(start, home) > 300  # else this test shows nothing
    assert max(distance_m(point, home) for point in left) < 150
