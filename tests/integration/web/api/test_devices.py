"""List, make, rename and revoke devices."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from websockets.exceptions import ConnectionClosed

from hub.domain.roles import Role
from hub.domain.silence import Silence
from hub.store.tables import device, stored_answer
from tests.builders import build_device, build_resource
from tests.integration.hub import RunningHub, Scene, ping_at

FIELDS = {
    "id",
    "resource",
    "name",
    "created_at",
    "expires_at",
    "revoked_at",
    "last_seen_at",
    "app",
    "battery",
    "silence",
}
PATH = "/api/v1/devices"


async def call(
    hub: RunningHub, scene: Scene, method: str, path: str = "", *, once: str | None = None, **more: Any
) -> httpx.Response:
    """Call an operation with the scene's key."""
    headers = {"Authorization": f"Bearer {scene.api_key}"} | ({"Idempotency-Key": once} if once else {})
    return await hub.http.request(method, PATH + path, headers=headers, **more)


def wanted(scene: Scene, **more: Any) -> dict[str, Any]:
    return {"resource": scene.visit.directory.resource_id, "name": "Van tablet", **more}


async def set_device(hub: RunningHub, scene: Scene, **values: Any) -> None:
    async with hub.database.write() as tx:
        await tx.execute(update(device).where(device.c.id == scene.device_id).values(**values))


async def test_a_new_device_may_send_with_the_token_that_is_told_once(hub: RunningHub) -> None:
    scene = await hub.scene()
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)

    made = await call(hub, scene, "POST", json=wanted(scene, expires_at=expires_at.isoformat()))

    assert made.status_code == 201
    told = made.json()
    assert set(told) == FIELDS | {"token"}
    assert told["token"].startswith("enroute_device_")
    assert (told["resource"], told["name"]) == (scene.visit.directory.resource_id, "Van tablet")
    assert datetime.fromisoformat(told["expires_at"]) == expires_at
    sent = await hub.http.post("/api/v1/pings", json=ping_at(), headers={"Authorization": f"Bearer {told['token']}"})
    assert sent.status_code == 202
    read = await call(hub, scene, "GET", f"/{told['id']}")
    assert read.status_code == 200
    assert read.json() == {name: value for name, value in told.items() if name != "token"}


async def test_the_same_key_makes_one_device_and_tells_its_token_again_without_keeping_it(hub: RunningHub) -> None:
    scene = await hub.scene()

    answers = [await call(hub, scene, "POST", json=wanted(scene), once="one") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    async with hub.database.read() as tx:
        kept = (await tx.execute(select(stored_answer.c.content))).scalar_one()
        known = (await tx.execute(select(device.c.id))).scalars().all()
    assert answers[0].json()["token"].encode() not in kept
    assert answers[0].json()["id"].encode() in kept
    assert len(known) == 2
    assert (await call(hub, scene, "POST", json=wanted(scene, name="Other"), once="one")).status_code == 409


async def test_an_answer_that_was_lost_is_given_again_for_the_same_device(hub: RunningHub) -> None:
    scene = await hub.scene()
    first = (await call(hub, scene, "POST", json=wanted(scene), once="one")).json()
    async with hub.database.write() as tx:  # as if the process had died before it kept its answer
        await tx.execute(update(stored_answer).values(status=None, content_type=None, content=first["id"].encode()))

    again = await call(hub, scene, "POST", json=wanted(scene), once="one")

    assert again.status_code == 201
    assert again.json() == first


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"name": "x"}, "$.resource"),
        ({"resource": "re_nobody", "name": "x"}, "$.resource"),
        ({"name": ""}, "$.name"),
        ({"name": " \n"}, "$.name"),
        ({"name": "x" * 101}, "$.name"),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "$.expires_at"),
        ({"name": "x", "expires_at": "9999-12-31T23:59:59-12:00"}, "$.expires_at"),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00"}, "$.expires_at"),
    ],
)
async def test_a_body_that_does_not_fit_names_its_fault(hub: RunningHub, body: dict[str, str], at: str) -> None:
    scene = await hub.scene()
    whole = body if at == "$.resource" else {"resource": scene.visit.directory.resource_id} | body

    answer = await call(hub, scene, "POST", json=whole)

    assert answer.status_code == 422
    assert [fault["at"] for fault in answer.json()["errors"]] == [at]


async def test_devices_are_listed_page_by_page_and_by_technician(hub: RunningHub) -> None:
    scene = await hub.scene()
    made = [(await call(hub, scene, "POST", json=wanted(scene, name=f"Phone {n}"))).json()["id"] for n in range(4)]
    async with hub.database.write() as tx:
        other = await build_resource(tx, scene.visit.directory.portal_id)
        await build_device(tx, other)

    found: list[str] = []
    cursor = None
    for size in (2, 2, 1):
        query = {"limit": 2, "resource": scene.visit.directory.resource_id} | ({"cursor": cursor} if cursor else {})
        page = (await call(hub, scene, "GET", params=query)).json()
        assert len(page["items"]) == size
        assert all(set(item) == FIELDS for item in page["items"])
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]

    assert cursor is None
    assert found == [scene.device_id, *made]
    assert len((await call(hub, scene, "GET")).json()["items"]) == 6
    assert (await call(hub, scene, "GET", params={"resource": "re_nobody"})).json() == {
        "items": [],
        "next_cursor": None,
    }


@pytest.mark.parametrize(
    "query", [{"cursor": "x"}, {"cursor": "é"}, {"cursor": "AA"}, {"limit": "0"}, {"limit": "501"}]
)
async def test_a_query_that_does_not_fit_is_refused(hub: RunningHub, query: dict[str, str]) -> None:
    assert (await call(hub, await hub.scene(), "GET", params=query)).status_code == 422


async def test_a_device_tells_what_is_known_of_it(hub: RunningHub) -> None:
    scene = await hub.scene()
    seen = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    await set_device(hub, scene, last_seen_at=seen, app="OwnTracks", battery=0.04)

    told = (await call(hub, scene, "GET", f"/{scene.device_id}")).json()

    assert datetime.fromisoformat(told["last_seen_at"]) == seen
    assert (told["app"], told["battery"], told["silence"]) == ("OwnTracks", 0.04, "battery")
    await set_device(hub, scene, silence=Silence.SHARING_OFF, silence_at=datetime.now(UTC))
    assert (await call(hub, scene, "GET", f"/{scene.device_id}")).json()["silence"] == "sharing_off"


async def test_a_device_is_renamed(hub: RunningHub) -> None:
    scene = await hub.scene()

    renamed = await call(hub, scene, "PATCH", f"/{scene.device_id}", json={"name": "  New\nphone ", "battery": 1})

    assert renamed.status_code == 200
    assert renamed.json()["name"] == "New phone"
    assert (await call(hub, scene, "PATCH", f"/{scene.device_id}", json={})).json() == renamed.json()
    assert (await call(hub, scene, "PATCH", f"/{scene.device_id}", json={"name": "\x00"})).status_code == 422
    assert (await call(hub, scene, "PATCH", f"/{scene.device_id}", content=b"{")).status_code == 400


async def test_a_revoked_device_is_out_within_5_s_and_its_socket_closes(hub: RunningHub) -> None:
    scene = await hub.scene()
    async with hub.device_socket(scene) as socket:
        await socket.send("[]")
        await socket.recv()
        began_s = time.monotonic()

        assert (await call(hub, scene, "DELETE", f"/{scene.device_id}")).status_code == 204

        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    assert time.monotonic() - began_s < 15  # 5 s by the contract; a slow machine is no fault of ours
    while (await hub.ping(scene, ping_at())).status_code != 401:  # a process remembers a device for 2 s
        assert time.monotonic() - began_s < 15
        await asyncio.sleep(0.1)
    first = (await call(hub, scene, "GET", f"/{scene.device_id}")).json()["revoked_at"]
    assert first is not None
    assert (await call(hub, scene, "DELETE", f"/{scene.device_id}")).status_code == 204
    assert (await call(hub, scene, "GET", f"/{scene.device_id}")).json()["revoked_at"] == first


@pytest.mark.parametrize(
    ("role", "reads", "changes"),
    [
        (Role.ADMIN, True, True),
        (Role.DISPATCHER, True, True),
        (Role.VIEWER, True, False),
        (Role.INTEGRATION, False, False),
    ],
)
async def test_roles_may_what_their_permissions_say(hub: RunningHub, role: Role, *, reads: bool, changes: bool) -> None:
    scene = await hub.scene(role=role)
    one = f"/{scene.device_id}"

    read = [(await call(hub, scene, "GET", path)).status_code for path in ("", one)]
    changed = [
        (await call(hub, scene, "POST", json=wanted(scene))).status_code,
        (await call(hub, scene, "PATCH", one, json={"name": "x"})).status_code,
        (await call(hub, scene, "DELETE", one)).status_code,
    ]

    assert read == ([200, 200] if reads else [403, 403])
    assert changed == ([201, 200, 204] if changes else [403, 403, 403])
    assert (await hub.http.get(PATH)).status_code == 401


async def test_other_portals_devices_are_unknown(hub: RunningHub) -> None:
    scene, stranger = await hub.scene(), await hub.scene()
    for path in (f"/{scene.device_id}", "/de_nothing", "/a%00b"):
        answers = [
            await call(hub, stranger, "GET", path),
            await call(hub, stranger, "PATCH", path, json={"name": "Mine"}),
            await call(hub, stranger, "DELETE", path),
        ]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (await call(hub, stranger, "POST", json=wanted(scene))).status_code == 422
    mine = (await call(hub, stranger, "GET")).json()["items"]
    assert [item["id"] for item in mine] == [stranger.device_id]
    assert (await call(hub, scene, "GET", f"/{scene.device_id}")).json()["name"] == "Phone"
