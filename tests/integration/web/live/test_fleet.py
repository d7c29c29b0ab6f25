"""`WS /api/v1/fleet/live`: everybody, then changes, for those who may see them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import update
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hub.domain.roles import Role
from hub.domain.tracking_hours import Tracking
from hub.services.manage_staff import revoke_staff
from hub.store import api_keys, resources, tracking_hours
from hub.store.resources import ResourceTerritory, Territory
from hub.store.tables import api_key, resource
from hub.store.working_hours import WorkingHours, insert_working_hours
from tests.builders import build_api_key, build_device, build_directory, build_resource
from tests.integration.hub import RunningHub, Scene, hub_settings, next_of, ping_at, running_hub
from tests.integration.stores import TestValkey
from tests.integration.visitor import Visitor
from tests.integration.web.console.test_sign_in import EMAIL, a_dispatcher, sign_in

FLEET = "/api/v1/fleet/live"


def fleet(hub: RunningHub, token: str, query: str = "", **options: Any) -> connect:
    """Open the feed with an API key."""
    return hub.socket(FLEET + query, additional_headers={"Authorization": f"Bearer {token}"}, **options)


def ago(seconds: float) -> datetime:
    """Tell a moment: positions too near in time would be faster than anybody drives."""
    return datetime.now(UTC) - timedelta(seconds=seconds)


async def close_code(socket: connect, timeout_s: float = 10.0) -> int | None:
    """Wait until the hub closes a socket."""
    async with socket as opened:
        return await until_closed(opened, timeout_s)


async def until_closed(opened: ClientConnection, timeout_s: float) -> int | None:
    with pytest.raises(ConnectionClosed):
        await next_of(opened, "never", timeout_s)
    return opened.close_code


async def a_territory(hub: RunningHub, scene: Scene, name: str, *resource_ids: str) -> str:
    """Make a territory that these technicians serve."""
    id_ = f"te_{name}"
    async with hub.database.write() as tx:
        made = Territory(id=id_, portal_id=scene.visit.directory.portal_id, name=name)
        await resources.insert_territories(tx, [made])
        await resources.assign_territories(tx, [ResourceTerritory(one, id_) for one in resource_ids])
    return id_


async def a_colleague(hub: RunningHub, scene: Scene) -> Scene:
    """Give the scene's portal another technician with a phone."""
    async with hub.database.write() as tx:
        resource_id = await build_resource(tx, scene.visit.directory.portal_id)
        device_id, device_token = await build_device(tx, resource_id)
    directory = msgspec.structs.replace(scene.visit.directory, resource_id=resource_id)
    visit = msgspec.structs.replace(scene.visit, directory=directory)
    return msgspec.structs.replace(scene, visit=visit, device_id=device_id, device_token=device_token)


async def moved_to(live: ClientConnection, lat: float) -> dict[str, Any]:
    """Wait until somebody is told to be at a latitude."""
    while True:
        change = await next_of(live, "change")
        for one in (*change["moved"], *change["technicians"]):
            if one["position"] and one["position"]["lat"] == lat:
                return change


async def test_the_snapshot_has_everybody_and_changes_follow(
    database_url: str, session_valkey: TestValkey, redis_client: Redis
) -> None:
    async with running_hub(hub_settings(database_url, session_valkey.url)) as hub:
        scene = await hub.scene()
        await hub.ping(scene, ping_at(ago(20)))
        colleague = await a_colleague(hub, scene)
        async with fleet(hub, scene.api_key) as live:
            snapshot = await next_of(live, "snapshot")
            by_id = {one["id"]: one for one in snapshot["technicians"]}
            mine, silent = (by_id[one.visit.directory.resource_id] for one in (scene, colleague))
            assert len(by_id) == 2
            assert mine["visit"] | {"starts_at": None, "window": None} == {
                "id": scene.visit.booking_id,
                "status": "traveling",
                "starts_at": None,
                "window": None,
                "customer": "Aino Aalto",
            }
            assert (mine["lateness"], mine["freshness"], mine["position"]["lat"]) == ("on_time", "live", 60.17)
            assert (silent["visit"], silent["lateness"], silent["freshness"]) == (None, None, "lost")
            assert (silent["position"], silent["last_seen_at"], silent["silence"]) == (None, None, None)

            await hub.ping(scene, ping_at(lat=60.1702))
            change = await moved_to(live, 60.1702)
            assert change["seq"] > snapshot["seq"]
            await hub.ping(colleague, ping_at(lat=60.1802))
            news = await moved_to(live, 60.1802)
            assert [one["freshness"] for one in news["technicians"]] == ["live"]
            assert news["seq"] > change["seq"]

            await hub.set_status(scene, "in_progress")
            told = await next_of(live, "change", timeout_s=4)
            assert [one["visit"]["status"] for one in told["technicians"]] == ["in_progress"]
            assert (told["technicians"][0]["lateness"], told["technicians"][0]["arrival"]) == (None, None)


async def test_the_arrival_is_told_in_whole_minutes(hub: RunningHub) -> None:
    scene = await hub.scene()
    await asyncio.sleep(2.1)
    await hub.ping(scene, ping_at())
    async with fleet(hub, scene.api_key) as live:
        told = (await next_of(live, "snapshot"))["technicians"]
        while told[0]["arrival"] is None:
            told = (await next_of(live, "change", timeout_s=20))["technicians"] or told
    assert told[0]["arrival"]["earliest"].endswith(":00Z")
    assert told[0]["arrival"]["earliest"] < told[0]["arrival"]["latest"]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DISPATCHER, Role.VIEWER])
async def test_keys_of_these_roles_may_watch(hub: RunningHub, role: Role) -> None:
    scene = await hub.scene(role=role)
    async with fleet(hub, scene.api_key) as live:
        await next_of(live, "snapshot")
    offered = ["enroute.v1", f"bearer.{scene.api_key}"]
    async with hub.socket(FLEET, subprotocols=offered) as live:
        assert live.subprotocol == "enroute.v1"
        await next_of(live, "snapshot")


async def test_all_others_are_closed_with_4401(hub: RunningHub) -> None:
    scene = await hub.scene(role=Role.INTEGRATION)
    assert await close_code(hub.socket(FLEET)) == 4401
    for token in ("nobody", scene.api_key, scene.device_token, scene.link_token):
        assert await close_code(fleet(hub, token)) == 4401


async def test_staff_who_are_signed_in_watch_from_our_pages_alone(hub: RunningHub) -> None:
    await a_dispatcher(hub)
    async with Visitor(hub) as visitor:
        await sign_in(visitor)
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in visitor.http.cookies.items())}
    for origin in (hub.base_url, "http://hub.test"):
        async with hub.socket(FLEET, additional_headers=cookie, origin=origin) as live:
            assert len((await next_of(live, "snapshot"))["technicians"]) == 1
    for foreign in ("http://evil.test", "null", "http://[::1", None):
        assert await close_code(hub.socket(FLEET, additional_headers=cookie, origin=foreign)) == 4401
    async with hub.socket(FLEET, additional_headers=cookie, origin=hub.base_url) as live:
        await next_of(live, "snapshot")
        await revoke_staff(hub.database, EMAIL, now=datetime.now(UTC))
        assert await until_closed(live, 5) == 4401


async def test_a_revoked_key_closes_an_open_feed_within_5_s(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with fleet(hub, scene.api_key) as live:
        await next_of(live, "snapshot")
        async with hub.database.write() as tx:
            (key,) = await api_keys.list_api_keys(tx)
            await api_keys.revoke(tx, key.id, datetime.now(UTC))
        assert await until_closed(live, 5) == 4401


async def test_a_key_that_expires_closes_its_feed(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with fleet(hub, scene.api_key) as live:
        await next_of(live, "snapshot")
        async with hub.database.write() as tx:
            await tx.execute(update(api_key).values(expires_at=datetime.now(UTC)))
        assert await until_closed(live, 5) == 4401


async def test_a_territory_narrows_the_feed(hub: RunningHub) -> None:
    scene = await hub.scene()
    colleague = await a_colleague(hub, scene)
    theirs = await a_territory(hub, scene, "North", colleague.visit.directory.resource_id)
    empty = await a_territory(hub, scene, "South")
    async with fleet(hub, scene.api_key, f"?territory={theirs}") as live, fleet(hub, scene.api_key) as everybody:
        snapshot, whole = await next_of(live, "snapshot"), await next_of(everybody, "snapshot")
        assert [one["id"] for one in snapshot["technicians"]] == [colleague.visit.directory.resource_id]
        assert sorted(one["name"] for one in snapshot["territories"]) == ["North", "South"]
        assert len(whole["technicians"]) == 2
        await hub.ping(scene, ping_at(lat=60.171))
        await moved_to(everybody, 60.171)
        await hub.ping(colleague, ping_at(lat=60.172))
        change = await next_of(live, "change")
        assert [one["id"] for one in change["technicians"]] == [colleague.visit.directory.resource_id]
    async with fleet(hub, scene.api_key, f"?territory={empty}") as live:
        assert (await next_of(live, "snapshot"))["technicians"] == []


async def test_another_portals_territory_is_unknown_and_its_technicians_are_not_seen(hub: RunningHub) -> None:
    other, scene = await hub.scene(), await hub.scene()
    theirs = await a_territory(hub, other, "Theirs", other.visit.directory.resource_id)
    for unknown in (theirs, "nothing", "%00"):
        assert await close_code(fleet(hub, scene.api_key, f"?territory={unknown}")) == 4404
    async with fleet(hub, scene.api_key) as live:
        snapshot = await next_of(live, "snapshot")
    assert [one["id"] for one in snapshot["technicians"]] == [scene.visit.directory.resource_id]
    assert snapshot["territories"] == []


async def test_a_viewport_hears_only_who_moves_in_it(hub: RunningHub) -> None:
    scene = await hub.scene()
    colleague = await a_colleague(hub, scene)
    await hub.ping(scene, ping_at(ago(20), lat=60.17))
    await hub.ping(colleague, ping_at(ago(20), lat=60.27))
    async with fleet(hub, scene.api_key) as live:
        await next_of(live, "snapshot")
        await live.send('{"type": "viewport", "bounds": [24.9, 60.1, 25.0, 60.2]}')
        await live.send("what is no wish is not answered")
        await hub.ping(colleague, ping_at(lat=60.2701))
        await asyncio.sleep(1.2)
        await hub.ping(scene, ping_at(lat=60.1701))
        change = await next_of(live, "change")
        assert [one["id"] for one in change["moved"]] == [scene.visit.directory.resource_id]
        await live.send('{"type": "viewport", "bounds": [24.9, 60.2, 25.0, 60.3]}')
        change = await next_of(live, "change")
        assert [(one["id"], one["position"]["lat"]) for one in change["moved"]] == [
            (colleague.visit.directory.resource_id, 60.2701)
        ]


async def test_nobody_is_seen_outside_their_tracking_hours(hub: RunningHub) -> None:
    scene = await hub.scene()
    resource_id = scene.visit.directory.resource_id
    await hub.ping(scene, ping_at())
    yesterday = (datetime.now(UTC).weekday() - 2) % 7
    async with hub.database.write() as tx:
        await insert_working_hours(
            tx, [WorkingHours(resource_id=resource_id, weekday=yesterday, starts_s=0, ends_s=60)]
        )
        await tracking_hours.set_rule(tx, resource_id, Tracking.WORKING_HOURS)
    async with running_hub(hub.settings) as later, fleet(later, scene.api_key) as live:
        (told,) = (await next_of(live, "snapshot"))["technicians"]
    assert (told["position"], told["arrival"]) == (None, None)


async def test_who_does_not_work_any_more_is_gone(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with fleet(hub, scene.api_key) as live:
        await next_of(live, "snapshot")
        async with hub.database.write() as tx:
            await tx.execute(update(resource).values(active=False))
        assert (await next_of(live, "change"))["gone"] == [scene.visit.directory.resource_id]


async def test_the_store_away_keeps_the_feed_and_positions_grow_old_by_the_clock(
    hub: RunningHub, session_valkey: TestValkey
) -> None:
    scene = await hub.scene()
    await hub.ping(scene, ping_at(ago(27)))
    async with fleet(hub, scene.api_key) as live:
        assert (await next_of(live, "snapshot"))["technicians"][0]["freshness"] == "live"
        session_valkey.freeze()
        try:
            change = await next_of(live, "change", timeout_s=15)
        finally:
            session_valkey.thaw()
        assert change["technicians"][0]["freshness"] == "delayed"
        assert change["technicians"][0]["position"]["lat"] == 60.17


async def test_nothing_is_asked_of_the_store_while_nobody_watches(hub: RunningHub, redis_client: Redis) -> None:
    scene = await hub.scene()
    async with fleet(hub, scene.api_key) as live:
        await next_of(live, "snapshot")
    await asyncio.sleep(1.2)
    before = (await redis_client.info("commandstats")).get("cmdstat_hmget", {"calls": 0})["calls"]
    await asyncio.sleep(1.5)
    after = (await redis_client.info("commandstats")).get("cmdstat_hmget", {"calls": 0})["calls"]
    assert after == before


async def test_a_frozen_reader_delays_nobody_and_is_told_everything_once_they_read(hub: RunningHub) -> None:
    async with hub.database.write() as tx:
        directory = await build_directory(tx)
        await resources.insert_resources(
            tx,
            [
                resources.Resource(
                    id=f"re_{number:04}",
                    portal_id=directory.portal_id,
                    name="Some long name, so that the snapshot does not fit into the buffers " * 40,
                    base_lat=60.17,
                    base_lon=24.94,
                )
                for number in range(2_000)
            ],
        )
        _, token = await build_device(tx, "re_0000")
        _, key = await build_api_key(tx, directory.portal_id)
    bearer = {"Authorization": f"Bearer {token}"}
    async with fleet(hub, key, max_size=None) as frozen:
        frozen.transport.pause_reading()
        async with fleet(hub, key, max_size=None) as healthy:
            await next_of(healthy, "snapshot")
            for step in range(3):
                await hub.http.post(
                    "/api/v1/pings", json=ping_at(ago(20 - 5 * step), lat=60.18 + step / 5_000), headers=bearer
                )
                await moved_to(healthy, 60.18 + step / 5_000)
        frozen.transport.resume_reading()
        await next_of(frozen, "snapshot")
        change = await moved_to(frozen, 60.18 + 2 / 5_000)
        assert len(change["technicians"]) == 1
