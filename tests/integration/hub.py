"""A whole hub in this process, with real stores, behind a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection, connect

from hub.commands.web import server_config
from hub.domain.booking_status import BookingStatus
from hub.domain.link_scope import LinkScope
from hub.domain.roles import Role
from hub.settings import Settings
from hub.store.database import Database, opened
from tests.builders import SECRET, BuiltVisit, build_api_key, build_device, build_link, build_visit
from tests.databases import copy_sqlite
from tests.integration.plain_http import NO_TLS
from tests.integration.stores import TestValkey


class Scene(msgspec.Struct, frozen=True):
    """A visit with everybody's credentials."""

    visit: BuiltVisit
    device_id: str
    device_token: str
    link_id: str
    link_token: str
    api_key: str


class RunningHub:
    """A hub that answers at `base_url`, and its stores."""

    def __init__(self, settings: Settings, base_url: str, database: Database) -> None:
        self.settings, self.base_url, self.database = settings, base_url, database
        self.http = httpx.AsyncClient(base_url=base_url, timeout=10.0, verify=NO_TLS)

    async def scene(self, status: str = "traveling", role: Role = Role.DISPATCHER) -> Scene:
        """Build a visit around now."""
        now = datetime.now(UTC)
        async with self.database.write() as tx:
            visit = await build_visit(tx, status=BookingStatus(status), starts_at=now + timedelta(minutes=10))
            device_id, device_token = await build_device(tx, visit.directory.resource_id)
            link_id, link_token = await build_link(
                tx, visit.booking_id, scope=LinkScope.TRACK, expires_at=now + timedelta(days=1)
            )
            _, api_key = await build_api_key(tx, visit.directory.portal_id, role=role)
        return Scene(visit, device_id, device_token, link_id, link_token, api_key)

    async def ping(self, scene: Scene, *pings: dict[str, Any]) -> httpx.Response:
        """Post pings as the scene's device."""
        return await self.http.post(
            "/api/v1/pings", json=list(pings), headers={"Authorization": f"Bearer {scene.device_token}"}
        )

    async def until_shown(self, scene: Scene, customer: ClientConnection) -> dict[str, Any]:
        """Send pings until the customer is shown one: a visit under way is known within seconds."""
        while True:
            await self.ping(scene, ping_at())
            with suppress(TimeoutError):
                return await next_of(customer, "position", timeout_s=0.3)

    async def set_status(self, scene: Scene, status: str, **more: Any) -> httpx.Response:
        """Change the scene's booking's status."""
        return await self.http.post(
            f"/api/v1/bookings/{scene.visit.booking_id}/status",
            json={"status": status, **more},
            headers={"Authorization": f"Bearer {scene.api_key}"},
        )

    def socket(self, path: str, **options: Any) -> connect:
        """Open a websocket."""
        return connect(self.base_url.replace("http", "ws", 1) + path, **options)

    def device_socket(self, scene: Scene) -> connect:
        """Open the device's stream of pings."""
        return self.socket(
            "/api/v1/pings", additional_headers={"Authorization": f"Bearer {scene.device_token}"}, max_size=None
        )

    def live(self, scene: Scene) -> connect:
        """Open the customer's live map."""
        return self.socket(f"/v/{scene.link_token}/live")


def ping_at(at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """Describe a ping in the demo city, now by default."""
    moment = at or datetime.now(UTC)
    return {"lat": 60.17, "lon": 24.94, "at": moment.isoformat(), "accuracy_m": 8, "speed_mps": 9.5, **more}


async def next_of(socket: ClientConnection, kind: str, timeout_s: float = 10.0) -> dict[str, Any]:
    """Wait for the next message of one kind."""
    async with asyncio.timeout(timeout_s):
        while True:
            message: dict[str, Any] = msgspec.json.decode(await socket.recv())
            if message["type"] == kind:
                return message


@asynccontextmanager
async def running_hub(settings: Settings) -> AsyncIterator[RunningHub]:
    """Run a hub until the end of the block."""
    config = server_config(settings, host="127.0.0.1", port=0, lifespan="on")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with opened(settings.database_url) as database:
            hub = RunningHub(settings, f"http://127.0.0.1:{port}", database)
            async with hub.http:
                yield hub
    finally:  # else a failing test leaves its server behind
        server.should_exit = True
        await serving


def hub_settings(database_url: str, redis_url: str, **more: Any) -> Settings:
    """Describe a hub for tests; `more` are settings."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key=SECRET.decode(),
        public_url="http://hub.test",
        **more,
    )


@pytest.fixture
async def hub(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[RunningHub]:
    """Run a hub on SQLite and an empty Valkey."""
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url)
    async with running_hub(settings) as running:
        yield running
