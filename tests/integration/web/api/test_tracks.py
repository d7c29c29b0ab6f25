"""`POST /api/v1/tracks` and how far an import is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from hub.clock import system_clock
from hub.domain.roles import Role
from hub.services.import_track import FILES_AT_ONCE
from hub.services.record_track import RecordTrack
from hub.store import devices
from hub.store.ping_stream import PingStream
from hub.store.tables import track_point
from hub.web.api import tracks
from tests.builders import build_api_key, build_device, build_directory
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, ping_at, running_hub
from tests.integration.stores import TestValkey
from tests.unit.web.devices.tracks import geojson_line, geojson_points, gpx

HOUR = timedelta(hours=1)


async def _send(hub: RunningHub, token: str, body: bytes, **options: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
    return await hub.http.post("/api/v1/tracks", content=body, headers=headers, **options)


async def _look(hub: RunningHub, token: str, import_id: str) -> httpx.Response:
    return await hub.http.get(f"/api/v1/tracks/{import_id}", headers={"Authorization": f"Bearer {token}"})


async def _ended(hub: RunningHub, token: str, import_id: str, within_s: float = 20) -> dict[str, Any]:
    async with asyncio.timeout(within_s):
        while True:
            found: dict[str, Any] = (await _look(hub, token, import_id)).json()
            if found["status"] != "running":
                return found
            await asyncio.sleep(0.05)


async def _history(hub: RunningHub, redis: Redis) -> list[tuple[str, float]]:
    """Record what is in the stream; answer the verdicts and places in order of time."""
    stream = PingStream(redis, "test")
    await stream.prepare()
    recorder = RecordTrack(hub.database, stream, system_clock)
    while await recorder.record_some():
        pass
    async with hub.database.read() as tx:
        rows = await tx.execute(select(track_point.c.verdict, track_point.c.lat).order_by(track_point.c.at))
        return [(verdict, lat) for verdict, lat in rows]


@pytest.fixture
async def slow_hub(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[RunningHub]:
    """Run a hub whose devices may send 200 pings a second, and as many at once."""
    url = copy_sqlite(sqlite_template, tmp_path)
    async with running_hub(hub_settings(url, session_valkey.url, device_rate=200, device_burst=200)) as running:
        yield running


async def test_a_small_track_is_answered_with_what_became_of_its_points(hub: RunningHub, redis_client: Redis) -> None:
    scene, first_at = await hub.scene(), datetime.now(UTC) - HOUR

    answer = await _send(hub, scene.device_token, gpx(3, first_at, '<trkpt lat="1" lon="2"/>'), params={"name": "a\nb"})

    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/api/v1/tracks/{told['id']}"
    assert {name: told[name] for name in ("device", "name", "status", "total", "done", "fault")} == {
        "device": scene.device_id,
        "name": "a b",
        "status": "done",
        "total": 4,
        "done": 4,
        "fault": None,
    }
    assert (told["verdicts"], told["reasons"]) == ({"accepted": 3, "rejected": 1}, {"malformed": 1})
    assert (await _look(hub, scene.device_token, told["id"])).json() == told
    assert await _history(hub, redis_client) == [("accepted", 60.0), ("accepted", 60.00009), ("accepted", 60.00018)]


async def test_the_same_track_again_is_all_duplicates(hub: RunningHub, redis_client: Redis) -> None:
    scene, body = await hub.scene(), gpx(50, datetime.now(UTC) - HOUR)
    await _send(hub, scene.device_token, body)

    again = await _send(hub, scene.device_token, body)

    assert again.json()["verdicts"] == {"duplicate": 50}
    assert len(await _history(hub, redis_client)) == 50


async def test_a_track_of_the_past_leaves_the_live_position_where_it_is(hub: RunningHub) -> None:
    scene = await hub.scene()
    await hub.ping(scene, ping_at())

    answer = await _send(hub, scene.device_token, gpx(5, datetime.now(UTC) - HOUR))

    assert answer.json()["verdicts"] == {"late": 5}
    shown = (await hub.http.get(f"/v/{scene.link_token}/snapshot")).json()
    assert shown["position"]["lat"] == 60.17


@pytest.mark.parametrize(
    "body",
    [
        geojson_line([[24.94, 60.17]], coordTimes=[(datetime.now(UTC) - HOUR).isoformat()]),
        geojson_points(([24.94, 60.17], {"timestamp": (datetime.now(UTC) - HOUR).timestamp()})),
        b"\xef\xbb\xbf\n" + gpx(1, datetime.now(UTC) - HOUR),
        gpx(1, datetime.now(UTC) - HOUR).decode().encode("utf-16"),
    ],
    ids=["line", "points", "bom", "utf-16"],
)
async def test_what_a_file_is_its_beginning_tells(hub: RunningHub, body: bytes) -> None:
    scene = await hub.scene()

    answer = await _send(hub, scene.device_token, body, headers={"Content-Type": "application/octet-stream"})

    assert (answer.status_code, answer.json()["verdicts"]) == (201, {"accepted": 1})


async def test_points_older_than_the_history_are_told_as_ancient(hub: RunningHub) -> None:
    scene = await hub.scene()

    answer = await _send(hub, scene.device_token, gpx(2, datetime.now(UTC) - timedelta(days=31)))

    assert (answer.json()["verdicts"], answer.json()["reasons"]) == ({"rejected": 2}, {"ancient": 2})


async def test_a_large_track_goes_on_after_the_answer(hub: RunningHub, redis_client: Redis) -> None:
    scene = await hub.scene()

    answer = await _send(hub, scene.device_token, gpx(3_000, datetime.now(UTC) - HOUR))
    told = await _ended(hub, scene.device_token, answer.json()["id"])

    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["total"]) == ("running", 3_000)
    assert (told["status"], told["done"], told["verdicts"]) == ("done", 3_000, {"accepted": 3_000})
    assert len(await _history(hub, redis_client)) == 3_000


async def test_one_import_of_a_device_at_a_time_and_live_pings_beside_it(slow_hub: RunningHub) -> None:
    scene = await slow_hub.scene()
    first = (await _send(slow_hub, scene.device_token, gpx(1_001, datetime.now(UTC) - HOUR))).json()

    second = await _send(slow_hub, scene.device_token, gpx(1, datetime.now(UTC) - 2 * HOUR))
    live = await slow_hub.ping(scene, ping_at())

    assert second.status_code == 409
    assert (live.status_code, live.json()) == (202, {"accepted": 1})
    told = await _ended(slow_hub, scene.device_token, first["id"])
    assert told["done"] == sum(told["verdicts"].values()) == 1_001
    assert (await _send(slow_hub, scene.device_token, gpx(1, datetime.now(UTC) - 2 * HOUR))).status_code == 201


async def test_a_revoked_device_imports_no_further(slow_hub: RunningHub) -> None:
    scene = await slow_hub.scene()
    begun = (await _send(slow_hub, scene.device_token, gpx(20_000, datetime.now(UTC) - 6 * HOUR))).json()
    async with slow_hub.database.write() as tx:
        _, key = await build_api_key(tx, scene.visit.directory.portal_id)
        await devices.revoke(tx, scene.device_id, datetime.now(UTC))

    told = await _ended(slow_hub, key, begun["id"])

    assert (told["status"], told["fault"]) == ("failed", "The device was revoked.")
    assert told["done"] < 20_000


async def test_an_import_of_a_process_that_stops_has_failed_and_can_be_sent_again(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> None:
    url, body = copy_sqlite(sqlite_template, tmp_path), gpx(1_200, datetime.now(UTC) - HOUR)
    settings = hub_settings(url, session_valkey.url)
    async with running_hub(msgspec.structs.replace(settings, device_rate=1.0, device_burst=400)) as stopping:
        scene = await stopping.scene()
        begun = (await _send(stopping, scene.device_token, body)).json()

    async with running_hub(settings) as hub:
        told = (await _look(hub, scene.device_token, begun["id"])).json()
        again = (await _send(hub, scene.device_token, body)).json()
        ended = await _ended(hub, scene.device_token, again["id"])

        assert (told["status"], told["done"]) == ("failed", 400)
        assert told["fault"] == "The hub stopped half-way. Send the file again: what was taken is known."
        assert ended["verdicts"] == {"duplicate": 400, "accepted": 800}
        assert len(await _history(hub, redis_client)) == 1_200


async def test_the_same_idempotency_key_imports_once(hub: RunningHub) -> None:
    scene, headers = await hub.scene(), {"Idempotency-Key": "k"}
    body = gpx(3, datetime.now(UTC) - HOUR)
    first = await _send(hub, scene.device_token, body, headers=headers)

    again = await _send(hub, scene.device_token, body, headers=headers)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert (await _send(hub, scene.device_token, gpx(4), headers=headers)).status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 415),
        (b"lat,lon,at\n", 415),
        (b"--boundary\r\n", 415),
        (b"<html></html>", 422),
        (b"<gpx></gpx>", 422),
        (b'<!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/hostname">]><gpx>&a;</gpx>', 422),
        (b"{", 422),
        (b'{"type": "Topology"}', 422),
        (b"{" * 100_000, 422),
    ],
)
async def test_what_is_no_track_is_refused(hub: RunningHub, body: bytes, status: int) -> None:
    scene = await hub.scene()

    answer = await _send(hub, scene.device_token, body)

    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_too_large_a_file_is_refused_before_it_is_read(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracks, "LARGEST_FILE", 1_000)
    scene = await hub.scene()

    assert (await _send(hub, scene.device_token, b"<" * 1_001)).status_code == 413


async def test_whoever_sends_file_after_file_is_slowed_down(hub: RunningHub) -> None:
    scene = await hub.scene()
    for _ in range(FILES_AT_ONCE):
        assert (await _send(hub, scene.device_token, b"no track")).status_code == 415

    answers = [await _send(hub, scene.device_token, b"no track") for _ in range(3)]

    [refused, *_] = [answer for answer in answers if answer.status_code == 429]
    assert 1 <= int(refused.headers["Retry-After"]) <= 2


async def test_a_key_sends_the_track_of_a_device_that_it_names(hub: RunningHub) -> None:
    scene, body = await hub.scene(role=Role.INTEGRATION), gpx(2, datetime.now(UTC) - HOUR)

    answer = await _send(hub, scene.api_key, body, params={"device": scene.device_id})

    assert (answer.status_code, answer.json()["device"]) == (201, scene.device_id)
    for token in (scene.api_key, scene.device_token):
        assert (await _look(hub, token, answer.json()["id"])).status_code == 200


async def test_nobody_imports_or_looks_who_may_not(hub: RunningHub) -> None:
    scene, body = await hub.scene(), gpx(2, datetime.now(UTC) - HOUR)
    made = (await _send(hub, scene.device_token, body)).json()["id"]
    async with hub.database.write() as tx:
        _, viewer = await build_api_key(tx, scene.visit.directory.portal_id, role=Role.VIEWER)
        elsewhere = await build_directory(tx)
        _, foreign = await build_api_key(tx, elsewhere.portal_id)
        _, other = await build_device(tx, scene.visit.directory.resource_id)
    named = {"device": scene.device_id}

    assert (await _send(hub, "unknown", body)).status_code == 401
    assert (await _send(hub, viewer, body, params=named)).status_code == 403
    assert (await _send(hub, foreign, body, params=named)).status_code == 404
    assert (await _send(hub, scene.api_key, body, params={"device": "de_none"})).status_code == 404
    assert (await _send(hub, scene.api_key, body)).status_code == 422
    assert [(await _look(hub, token, made)).status_code for token in ("unknown", viewer, foreign, other)] == [
        401,
        403,
        404,
        404,
    ]
    assert (await _look(hub, scene.device_token, "ti_none")).status_code == 404
