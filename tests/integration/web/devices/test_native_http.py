"""`POST /api/v1/pings`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from redis.asyncio import Redis

from hub.store.redis_client import key
from tests.integration.hub import RunningHub, ping_at


async def test_a_ping_is_accepted_and_stored_before_the_answer(hub: RunningHub, redis_client: Redis) -> None:
    scene = await hub.scene()
    answer = await hub.ping(scene, ping_at())
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1}
    assert await redis_client.xlen(key("pings")) == 1


async def test_every_ping_gets_exactly_one_verdict(hub: RunningHub) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    first = ping_at(now - timedelta(seconds=20))
    await hub.ping(scene, first)
    answer = await hub.ping(
        scene,
        ping_at(now - timedelta(seconds=18)),
        first,
        ping_at(now - timedelta(seconds=60)),
        ping_at(now - timedelta(seconds=16), accuracy_m=500),
        ping_at(now - timedelta(seconds=14), lat=61.0),
        ping_at(now - timedelta(seconds=12), lat=0, lon=0),
        ping_at(now + timedelta(seconds=90)),
        ping_at(now - timedelta(days=31)),
        {"lat": "north"},
        ping_at(now - timedelta(seconds=10)),
    )
    assert answer.json() == {
        "accepted": 2,
        "others": [
            {"index": 1, "verdict": "duplicate", "reasons": []},
            {"index": 2, "verdict": "late", "reasons": []},
            {"index": 3, "verdict": "flagged", "reasons": ["inaccurate"]},
            {"index": 4, "verdict": "flagged", "reasons": ["teleport"]},
            {"index": 5, "verdict": "rejected", "reasons": ["null_island"]},
            {"index": 6, "verdict": "rejected", "reasons": ["future"]},
            {"index": 7, "verdict": "rejected", "reasons": ["ancient"]},
            {"index": 8, "verdict": "rejected", "reasons": ["malformed"]},
        ],
    }


async def test_the_same_id_is_a_duplicate_wherever_it_lies(hub: RunningHub) -> None:
    scene, now = await hub.scene(), datetime.now(UTC)
    await hub.ping(scene, ping_at(now - timedelta(seconds=9), id="a"))
    answer = await hub.ping(scene, ping_at(now, id="a", lat=60.171))
    assert answer.json()["others"] == [{"index": 0, "verdict": "duplicate", "reasons": []}]


async def test_a_ping_sent_twice_in_one_batch_is_a_duplicate(hub: RunningHub) -> None:
    scene, ping = await hub.scene(), ping_at()
    answer = await hub.ping(scene, ping, ping)
    assert answer.json() == {"accepted": 1, "others": [{"index": 1, "verdict": "duplicate", "reasons": []}]}


async def test_no_pings_are_accepted_as_none(hub: RunningHub) -> None:
    scene = await hub.scene()
    answer = await hub.ping(scene)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 0})


async def test_unix_seconds_and_unknown_values_are_understood(hub: RunningHub) -> None:
    scene = await hub.scene()
    ping = {"lat": 60, "lon": 24, "at": datetime.now(UTC).timestamp(), "accuracy_m": -1, "battery": None, "new": 1}
    assert (await hub.ping(scene, ping)).json() == {"accepted": 1}


@pytest.mark.parametrize("token", ["unknown", "x" * 5_000, "\x27 OR 1=1"])
async def test_an_unknown_token_is_unauthorized(hub: RunningHub, token: str) -> None:
    answer = await hub.http.post("/api/v1/pings", json=ping_at(), headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 400),
        (b'{"lat": NaN, "lon": 1, "at": 1}', 400),
        (b"[" * 100_000, 400),
        (b"\xff\xfe", 400),
        (b"7", 422),
        (b'{"lat": 91, "lon": 1, "at": 1}', 422),
        (b'{"lat": 1, "lon": 1, "at": "2026-11-23T14:05:00"}', 422),
        (b'{"lat": 1, "lon": 1, "at": 1e300}', 422),
        (b'{"lat": 1, "lon": 1}', 422),
        (b"[" + b",".join([b"{}"] * 1_001) + b"]", 413),
        (b" " * (1024 * 1024 + 1), 413),
    ],
)
async def test_bad_bodies_are_named(hub: RunningHub, body: bytes, status: int) -> None:
    scene = await hub.scene()
    headers = {"Authorization": f"Bearer {scene.device_token}"}
    answer = await hub.http.post("/api/v1/pings", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_malformed_single_ping_names_the_field(hub: RunningHub) -> None:
    scene = await hub.scene()
    headers = {"Authorization": f"Bearer {scene.device_token}"}
    for body, at in (({"lat": "x", "lon": 1, "at": 1}, "$.lat"), ({"lat": 1, "at": 1}, "$.lon")):
        answer = await hub.http.post("/api/v1/pings", content=msgspec.json.encode(body), headers=headers)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["at"] == at
