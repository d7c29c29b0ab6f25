"""What single apps send beyond plain positions, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from redis.asyncio import Redis

from hub.domain.ping import Verdict
from hub.domain.silence import Silence
from hub.store.redis_client import key
from tests.integration.hub import RunningHub
from tests.integration.web.devices.apps import (
    GPSLOGGER,
    HOME_ASSISTANT,
    OSMAND,
    OWNTRACKS,
    TRACCAR,
    App,
    basic,
    bearer,
    now_ago,
    overland_point,
)
from tests.integration.web.devices.conftest import Kept, malformed, only_kept, until_heard

OK = {"result": "ok"}


async def _owntracks(hub: RunningHub, token: str, body: bytes) -> httpx.Response:
    return await hub.http.post("/api/v1/owntracks", content=body, headers=basic(token))


async def test_owntracks_messages_are_known_by_their_id(hub: RunningHub, kept: Kept) -> None:
    scene = await hub.scene()
    await OWNTRACKS.send(hub, scene.device_token, now_ago(5), _id="c5bf0e62")
    answer = await OWNTRACKS.send(hub, scene.device_token, now_ago(), _id="c5bf0e62")

    assert answer.json() == []
    assert (await only_kept(kept)).id == "c5bf0e62"


@pytest.mark.parametrize("body", [b"", b'{"_type": "waypoints", "waypoints": []}', b"{", b"[]", b"\xff"])
async def test_owntracks_gets_a_list_whatever_it_sends(hub: RunningHub, body: bytes, redis_client: Redis) -> None:
    scene = await hub.scene()
    answer = await _owntracks(hub, scene.device_token, body)

    assert (answer.status_code, answer.json()) == (200, [])
    assert await redis_client.xlen(key("pings")) == 0


async def test_a_transition_is_no_position(hub: RunningHub, redis_client: Redis) -> None:
    scene = await hub.scene()
    assert (await OWNTRACKS.send(hub, scene.device_token, _type="transition", event="enter")).json() == []
    assert await redis_client.xlen(key("pings")) == 0


async def test_a_last_will_is_remembered_as_silence(hub: RunningHub) -> None:
    scene = await hub.scene()
    assert (await _owntracks(hub, scene.device_token, b'{"_type": "lwt", "tst": 1769443510}')).json() == []

    row = await until_heard(hub, scene.device_id, lambda row: row.silence is not None)
    assert row.silence is Silence.LAST_WILL


async def test_an_encrypted_message_is_refused_with_its_reason(hub: RunningHub) -> None:
    scene = await hub.scene()
    answer = await _owntracks(hub, scene.device_token, b'{"_type": "encrypted", "data": "1Vu7Owp"}')

    assert answer.status_code == 422
    assert "key" in answer.json()["detail"]


@pytest.mark.parametrize("header", ["Basic", "Basic x", "Basic dG9rZW4=", "Basic Og==", "Basic \u00e4", "Bearer x"])
async def test_owntracks_is_told_how_credentials_are_carried(hub: RunningHub, header: str) -> None:
    answer = await hub.http.post("/api/v1/owntracks", content=b"", headers={b"Authorization": header.encode()})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")


async def test_osmand_takes_a_form_and_a_query_that_says_the_rest(hub: RunningHub, kept: Kept) -> None:
    scene, at = await hub.scene(), int(now_ago().timestamp())
    form = {"deviceid": scene.device_token, "location": "60.17,24.94", "timestamp": str(at), "mock": "true"}
    answer = await hub.http.post("/api/v1/osmand", data=form, params={"speed": 10})

    assert (answer.status_code, answer.content) == (200, b"")
    ping = await only_kept(kept)
    assert ping.mock
    assert ping.speed_mps == pytest.approx(5.1444, abs=1e-4)


async def test_osmand_without_a_time_is_now_and_without_a_position_alive(hub: RunningHub, kept: Kept) -> None:
    scene = await hub.scene()
    assert (await OSMAND.send(hub, scene.device_token, timestamp="")).status_code == 200
    assert abs((await only_kept(kept)).at - now_ago()) < timedelta(seconds=10)
    assert (await OSMAND.send(hub, scene.device_token, lat="", lon="")).status_code == 200
    assert await kept() == []


async def test_a_traccar_client_that_was_updated_may_keep_its_address(hub: RunningHub, kept: Kept) -> None:
    scene = await hub.scene()
    request = TRACCAR.request(scene.device_token, now_ago(), {}) | {"url": "/api/v1/osmand"}

    assert (await hub.http.request(**request)).status_code == 200
    assert len(await kept()) == 1


@pytest.mark.parametrize("app", [OSMAND, GPSLOGGER], ids=lambda app: app.name)
async def test_head_takes_nothing(hub: RunningHub, app: App, redis_client: Redis) -> None:
    scene = await hub.scene()
    request = app.request(scene.device_token, now_ago(), {}) | {"method": "HEAD"}

    assert (await hub.http.request(**request)).status_code == 200
    assert await redis_client.xlen(key("pings")) == 0


async def test_a_traccar_batch_is_known_by_its_uuids_and_may_carry_its_device_beside_it(
    hub: RunningHub, kept: Kept
) -> None:
    scene = await hub.scene()
    coords = {"latitude": 60.17, "longitude": 24.94}
    batch = [{"timestamp": now_ago(9 - n).isoformat(), "coords": coords, "uuid": name} for n, name in enumerate("aba")]
    answer = await hub.http.post(
        "/api/v1/traccar", json={"location": [*batch, 7]}, params={"device_id": scene.device_token}
    )

    assert (answer.status_code, answer.content) == (200, b"")
    assert [one.ping.id for one in await kept()] == ["a", "b"]


async def test_overland_hears_ok_with_bad_points_among_the_good(hub: RunningHub, kept: Kept) -> None:
    scene, before = await hub.scene(), await malformed(hub)
    body = {"locations": [overland_point(now_ago(9)), 7, {}, overland_point(now_ago(8))], "trip": {"mode": "car"}}
    answer = await hub.http.post("/api/v1/overland", json=body, headers=bearer(scene.device_token))

    assert (answer.status_code, answer.json()) == (200, OK)
    assert len(await kept()) == 2
    assert await malformed(hub) == before + 2


async def test_overlands_current_point_is_shown_and_its_batch_is_history(hub: RunningHub, kept: Kept) -> None:
    scene = await hub.scene()
    batch = [overland_point(now_ago(60 - n)) for n in range(3)]
    body = {"locations": batch, "current": overland_point(now_ago())}
    answer = await hub.http.post("/api/v1/overland", json=body, headers=bearer(scene.device_token))

    assert answer.json() == OK
    assert [one.verdict for one in await kept()] == [Verdict.ACCEPTED, *[Verdict.LATE] * 3]


async def test_overland_hears_ok_for_nothing_and_no_ok_for_what_is_no_batch(hub: RunningHub) -> None:
    scene = await hub.scene()
    statuses = []
    for body in (b"{}", b'{"locations": []}', b"{", b"[]"):
        answer = await hub.http.post("/api/v1/overland", content=body, headers=bearer(scene.device_token))
        statuses.append(answer.status_code)

    assert statuses == [200, 200, 400, 422]


@pytest.mark.parametrize("path", ["/api/v1/overland", "/api/v1/traccar"])
async def test_a_batch_has_its_limit(hub: RunningHub, path: str) -> None:
    scene = await hub.scene()
    body = {"locations": [7] * 1_002, "location": [7] * 1_001, "device_id": scene.device_token}

    assert (await hub.http.post(path, json=body, headers=bearer(scene.device_token))).status_code == 413


@pytest.mark.parametrize("carry", [bearer, basic])
async def test_gpslogger_may_carry_its_token_in_a_header_and_all_names_in_a_body(
    hub: RunningHub, kept: Kept, carry: Callable[[str], dict[str, str]]
) -> None:
    scene = await hub.scene()
    form = {"lat": "60.17", "lon": "24.94", "acc": "7.0", "spd": "9.2", "timestamp": str(int(now_ago().timestamp()))}
    answer = await hub.http.post("/api/v1/gpslogger", data=form, headers=carry(scene.device_token))

    assert (answer.status_code, answer.content) == (200, b"")
    assert (await only_kept(kept)).accuracy_m == 7.0


@pytest.mark.parametrize("body", [b'{"type": "get_config"}', b'{"type": "update_sensor_states", "data": [7]}'])
async def test_home_assistants_other_messages_are_answered_and_ignored(
    hub: RunningHub, body: bytes, redis_client: Redis
) -> None:
    scene = await hub.scene()
    answer = await hub.http.post(f"/api/webhook/{scene.device_token}", content=body)

    assert (answer.status_code, answer.json()) == (200, {})
    assert await redis_client.xlen(key("pings")) == 0


async def test_home_assistants_bad_json_and_encrypted_messages_are_refused(hub: RunningHub) -> None:
    scene = await hub.scene()
    encrypted = b'{"type": "update_location", "encrypted": true, "encrypted_data": "x"}'
    answers = [await hub.http.post(f"/api/webhook/{scene.device_token}", content=body) for body in (b"{", encrypted)]

    assert [answer.status_code for answer in answers] == [400, 422]
    assert (await HOME_ASSISTANT.send(hub, scene.device_token)).status_code == 200
