"""`/v/{token}`: snapshot, socket and events of a visit under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from hub.services.issue_links import revoke_link
from tests.integration.hub import RunningHub, next_of, ping_at


async def test_a_watcher_gets_a_snapshot_and_then_each_newer_position(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with hub.live(scene) as live:
        snapshot = await next_of(live, "snapshot")
        assert snapshot["visit"]["status"] == "traveling"
        assert snapshot["technician"]["name"] == "Tero Virtanen"
        assert snapshot["position"] is None
        assert snapshot["freshness"] == "lost"
        await asyncio.sleep(2.1)  # until the new visit is known to be under way
        await hub.ping(scene, ping_at())
        told = await next_of(live, "position")
        assert told["seq"] > snapshot["seq"]
        assert told["position"]["lat"] == 60.17
        assert told["freshness"] == "live"
        assert told["last_seen_at"] == told["position"]["at"]


async def test_the_arrival_range_follows_once_the_route_is_known(hub: RunningHub) -> None:
    scene = await hub.scene()
    await asyncio.sleep(2.1)
    await hub.ping(scene, ping_at())
    async with hub.live(scene) as live:
        await next_of(live, "snapshot")
        await asyncio.sleep(0.2)
        await hub.ping(scene, ping_at(lat=60.1701))
        eta = (await next_of(live, "position"))["eta"]
    assert eta["source"] == "distance"
    assert eta["confidence"] == 0.8
    assert eta["earliest"] <= eta["at"] <= eta["latest"]


async def test_a_visit_that_nobody_travels_to_shows_no_technician(hub: RunningHub) -> None:
    for status in ("scheduled", "in_progress", "on_break", "completed", "canceled"):
        scene = await hub.scene(status)
        await hub.ping(scene, ping_at())
        seen = (await hub.http.get(f"/v/{scene.link_token}/snapshot")).json()
        hidden = ("technician", "position", "eta", "route", "last_seen_at")
        assert [seen[name] for name in hidden] == [None] * 5, status


async def test_arriving_hides_the_technician_from_those_who_watch(hub: RunningHub) -> None:
    scene = await hub.scene()
    await asyncio.sleep(2.1)
    await hub.ping(scene, ping_at())
    async with hub.live(scene) as live:
        first = await next_of(live, "snapshot")
        assert first["position"] is not None
        assert (await hub.set_status(scene, "in_progress")).status_code == 200
        told = await next_of(live, "status")
        assert told["visit"]["status"] == "in_progress"
        assert (told["technician"], told["position"], told["eta"], told["last_seen_at"]) == (None, None, None, None)
        assert told["seq"] > first["seq"]
        await hub.ping(scene, ping_at())
        with pytest.raises(TimeoutError):
            await next_of(live, "position", timeout_s=1)


async def test_setting_off_opens_the_map_for_those_who_wait(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled")
    async with hub.live(scene) as live:
        await next_of(live, "snapshot")
        await hub.set_status(scene, "traveling")
        assert (await next_of(live, "status"))["technician"]["name"] == "Tero Virtanen"
        await hub.ping(scene, ping_at())
        assert (await next_of(live, "position"))["position"]["lon"] == 24.94


async def test_an_older_ping_never_moves_the_marker_back(hub: RunningHub) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    await asyncio.sleep(2.1)
    await hub.ping(scene, ping_at(now))
    await hub.ping(scene, ping_at(now - timedelta(seconds=5), lat=60.1705))
    seen = (await hub.http.get(f"/v/{scene.link_token}/snapshot")).json()
    assert seen["position"]["lat"] == 60.17


async def test_watchers_get_at_most_two_positions_a_second_and_the_newest_last(hub: RunningHub) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    await asyncio.sleep(2.1)
    async with hub.live(scene) as live:
        await next_of(live, "snapshot")
        for step in range(20):
            await hub.ping(scene, ping_at(now + timedelta(seconds=step), lat=60.17 + step * 1e-4))
        told = [await next_of(live, "position"), await next_of(live, "position")]
        assert [round(one["position"]["lat"], 4) for one in told] == [60.17, 60.1719]


@pytest.mark.parametrize("path", ["", "/snapshot", "/events"])
async def test_an_unknown_link_is_not_found(hub: RunningHub, path: str) -> None:
    assert (await hub.http.get(f"/v/nobody{path}")).status_code == 404


async def test_an_unknown_link_closes_the_socket_with_4404(hub: RunningHub) -> None:
    async with hub.socket("/v/nobody/live") as live:
        with pytest.raises(ConnectionClosed):
            await live.recv()
        assert live.close_code == 4404


async def test_a_revoked_link_throws_its_watchers_out_within_5_s(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with hub.live(scene) as live:
        await next_of(live, "snapshot")
        await revoke_link(hub.database, scene.link_id, now=datetime.now(UTC), portal_id=None)
        with pytest.raises(ConnectionClosed):
            await next_of(live, "never", timeout_s=5)
        assert live.close_code == 4404
    await asyncio.sleep(2.1)
    assert (await hub.http.get(f"/v/{scene.link_token}/snapshot")).status_code == 404


async def test_server_sent_events_carry_the_same_messages(hub: RunningHub) -> None:
    scene = await hub.scene()
    await asyncio.sleep(2.1)
    await hub.ping(scene, ping_at())
    async with hub.http.stream("GET", f"/v/{scene.link_token}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        lines = events.aiter_lines()
        assert (await _next_event(lines))["type"] == "snapshot"
        await hub.ping(scene, ping_at(lat=60.1701))
        while (told := await _next_event(lines))["type"] != "position":
            pass
        assert told["position"]["lat"] == 60.1701


async def _next_event(lines: AsyncIterator[str]) -> dict[str, Any]:
    async for line in lines:
        if line.startswith("data: "):
            event: dict[str, Any] = msgspec.json.decode(line.removeprefix("data: "))
            return event
    raise httpx.StreamClosed


async def test_looking_changes_nothing(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with hub.database.read() as tx:
        before = (await tx.exec_driver_sql("SELECT group_concat(version) FROM booking")).scalar()
    for path in ("", "/snapshot"):
        for method in ("GET", "HEAD"):
            assert (await hub.http.request(method, f"/v/{scene.link_token}{path}")).status_code == 200
    async with hub.database.read() as tx:
        assert (await tx.exec_driver_sql("SELECT group_concat(version) FROM booking")).scalar() == before
