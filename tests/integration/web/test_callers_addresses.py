"""Whose address a caller's limits are counted for: only a trusted proxy may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.stores import TestValkey


async def _status(hub: RunningHub, forwarded_for: str) -> int:
    answer = await hub.http.get("/api/v1/service-types", headers={"X-Forwarded-For": forwarded_for})
    return answer.status_code


@pytest.mark.parametrize(
    ("trusted", "statuses"),
    [
        ("127.0.0.1", [200, 429, 200, 429]),
        ("10.0.0.0/8", [200, 429, 429, 429]),
        ("", [200, 429, 429, 429]),
    ],
)
async def test_each_caller_has_a_limit_of_their_own(
    sqlite_template: Path,
    tmp_path: Path,
    session_valkey: TestValkey,
    redis_client: Redis,
    trusted: str,
    statuses: list[int],
) -> None:
    settings = hub_settings(
        copy_sqlite(sqlite_template, tmp_path),
        session_valkey.url,
        trusted_proxies=trusted,
        public_rate=0.001,
        public_burst=1,
    )
    async with running_hub(settings) as hub:
        forged = "192.0.2.9, 192.0.2.1"  # the left one is the caller's own invention
        found = [await _status(hub, who) for who in ("192.0.2.1", "192.0.2.1", "192.0.2.2", forged)]

    assert found == statuses
