"""Read a portal, and change what its customers see."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub.domain.roles import Role
from hub.services.set_visibility import EVENT_KIND
from hub.store.tables import event
from tests.integration.hub import RunningHub, Scene

DEFAULT = {
    "exact_within_m": None,
    "exact_within_min": None,
    "name": True,
    "photo": True,
    "phone": True,
    "closes_after_min": 720,
}


async def call(hub: RunningHub, scene: Scene, method: str, portal: str = "", **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {scene.api_key}"}
    path = f"/api/v1/portals/{portal}" if portal else "/api/v1/portals"
    return await hub.http.request(method, path, headers=headers, **more)


async def changes_of(hub: RunningHub) -> list[dict[str, Any]]:
    async with hub.database.read() as tx:
        query = select(event.c.data).where(event.c.kind == EVENT_KIND).order_by(event.c.at)
        return list((await tx.execute(query)).scalars())


async def test_a_key_reads_its_own_portal_and_no_other(hub: RunningHub) -> None:
    scene, other = await hub.scene(role=Role.VIEWER), await hub.scene()
    own = scene.visit.directory.portal_id

    listed = (await call(hub, scene, "GET")).json()
    assert [one["id"] for one in listed["items"]] == [own]
    assert (await call(hub, scene, "GET", own)).json() == listed["items"][0]
    assert listed["items"][0]["visibility"] == DEFAULT
    assert (await call(hub, scene, "GET", other.visit.directory.portal_id)).status_code == 404


async def test_a_change_changes_what_it_names_and_is_kept_as_an_event(hub: RunningHub) -> None:
    scene = await hub.scene(role=Role.ADMIN)
    portal = scene.visit.directory.portal_id

    changed = await call(hub, scene, "PATCH", portal, json={"visibility": {"exact_within_m": 500, "phone": False}})
    assert changed.status_code == 200
    assert changed.json()["visibility"] == DEFAULT | {"exact_within_m": 500, "phone": False}
    back = await call(hub, scene, "PATCH", portal, json={"visibility": {"exact_within_m": None}})
    assert back.json()["visibility"] == DEFAULT | {"phone": False}
    again = await call(hub, scene, "PATCH", portal, json={"unknown": 1})
    assert again.json() == back.json()
    assert [one["exact_within_m"] for one in await changes_of(hub)] == [500, None]


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"exact_within_m": 10}, "$.visibility.exact_within_m"),
        ({"exact_within_m": "near"}, "$.visibility.exact_within_m"),
        ({"exact_within_min": 241}, "$.visibility.exact_within_min"),
        ({"closes_after_min": -1}, "$.visibility.closes_after_min"),
        ({"name": None}, "$.visibility.name"),
    ],
)
async def test_a_rule_that_does_not_fit_is_named(hub: RunningHub, change: dict[str, Any], at: str) -> None:
    scene = await hub.scene(role=Role.ADMIN)
    refused = await call(hub, scene, "PATCH", scene.visit.directory.portal_id, json={"visibility": change})
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert [fault["at"] for fault in refused.json()["errors"]] == [at]


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.INTEGRATION, Role.VIEWER])
async def test_only_an_admin_changes_the_rules_and_only_at_home(hub: RunningHub, role: Role) -> None:
    scene, admin = await hub.scene(role=role), await hub.scene(role=Role.ADMIN)
    body = {"visibility": {"name": False}}
    assert (await call(hub, scene, "PATCH", scene.visit.directory.portal_id, json=body)).status_code == 403
    assert (await call(hub, admin, "PATCH", scene.visit.directory.portal_id, json=body)).status_code == 404
    assert await changes_of(hub) == []
