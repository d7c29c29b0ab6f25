"""The SQL database gone: pings of known devices flow on, the rest is refused politely, everything heals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy import make_url
from websockets.exceptions import ConnectionClosed

from tests.databases import fresh_postgres
from tests.integration.faults.broken_line import Line, line_to
from tests.integration.faults.conftest import checks, until_green
from tests.integration.hub import RunningHub, hub_settings, next_of, ping_at, running_hub
from tests.integration.stores import TestValkey


@pytest.fixture
async def line(postgres_server: str) -> AsyncIterator[Line]:
    """Lay a line to PostgreSQL."""
    async with line_to(make_url(postgres_server).port or 5432) as line:
        yield line


@pytest.fixture
async def hub_on_a_line(
    postgres_server: str, postgres_template: str, line: Line, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[RunningHub]:
    """Run a hub that reaches PostgreSQL over the line."""
    async with fresh_postgres(postgres_server, postgres_template) as url:
        over_the_line = make_url(url).set(port=line.port).render_as_string(hide_password=False)
        async with running_hub(hub_settings(over_the_line, session_valkey.url)) as hub:
            yield hub


async def test_known_devices_and_watchers_go_on_without_the_database(hub_on_a_line: RunningHub, line: Line) -> None:
    hub, scene = hub_on_a_line, await hub_on_a_line.scene()
    await asyncio.sleep(2.1)  # until the new visit is known to be under way
    assert (await hub.ping(scene, ping_at())).status_code == 202
    async with hub.live(scene) as live, hub.device_socket(scene) as device:
        await next_of(live, "snapshot")
        await line.cut()
        await asyncio.sleep(2.5)  # beyond what is remembered anyway
        assert (await hub.ping(scene, ping_at(lat=60.1701))).status_code == 202
        assert (await next_of(live, "position"))["position"]["lat"] == 60.1701
        await device.send('{"lat":60.17,"lon":24.94,"at":0}')
        assert "ancient" in str(await device.recv())
        assert (await hub.http.get(f"/v/{scene.link_token}/snapshot")).json()["position"]["lat"] == 60.1701
        found = await checks(hub)
        assert (found["database"] != "ok", found["store"], found["tasks"]) == (True, "ok", "ok")
        await line.mend()
        await until_green(hub)


async def test_newcomers_are_asked_to_come_later_while_the_database_is_away(
    hub_on_a_line: RunningHub, line: Line
) -> None:
    hub, scene = hub_on_a_line, await hub_on_a_line.scene()
    await line.cut()
    for answer in (
        await hub.ping(scene, ping_at()),
        await hub.http.get(f"/v/{scene.link_token}/snapshot"),
        await hub.set_status(scene, "in_progress"),
    ):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
    page = await hub.http.get(f"/v/{scene.link_token}", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert page.headers["content-type"].startswith("text/html")
    for connecting in (hub.live(scene), hub.device_socket(scene)):
        async with connecting as socket:
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == 1013
    await line.mend()
    await until_green(hub)
    assert (await hub.ping(scene, ping_at())).status_code == 202
