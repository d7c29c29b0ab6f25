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


async def test_name_zone_language_and_public_booking_change_too(hub: RunningHub) -> None:
    scene = await hub.scene(role=Role.ADMIN)
    portal = scene.visit.directory.portal_id
    wanted = {"name": "Mend It", "locale": "fi", "time_zone": "Europe/Stockholm", "public_booking": True}
    reach = {"phone": None, "email": None}

    changed = (await call(hub, scene, "PATCH", portal, json=wanted)).json()
    assert changed == {"id": portal, "visibility": DEFAULT, **reach, **wanted}
    back = (await call(hub, scene, "PATCH", portal, json={"public_booking": False})).json()
    assert back == changed | {"public_booking": False}
    for change in ({"time_zone": "Mars"}, {"name": ""}, {"name": None}, {"locale": "no language"}):
        refused = await call(hub, scene, "PATCH", portal, json=change)
        assert (refused.status_code, refused.json()["errors"][0]["at"]) == (422, f"$.{next(iter(change))}")
    assert (await call(hub, scene, "GET", portal)).json() == back


async def test_a_new_portal_has_a_key_of_its_own_told_once_and_is_deleted_when_empty(hub: RunningHub) -> None:
    scene = await hub.scene(role=Role.ADMIN)
    body, once = {"name": "Branch", "time_zone": "Europe/Helsinki"}, {"Idempotency-Key": "p-1"}
    headers = {"Authorization": f"Bearer {scene.api_key}", **once}

    made, again = [await hub.http.post("/api/v1/portals", headers=headers, json=body) for _ in range(2)]

    assert (made.status_code, again.status_code) == (201, 201)
    assert made.json() == again.json()
    branch, own = made.json()["id"], {"Authorization": f"Bearer {made.json()['api_key']}"}
    assert (await call(hub, scene, "GET", branch)).status_code == 404
    listed = (await hub.http.get("/api/v1/portals", headers=own)).json()["items"]
    assert listed == [{name: value for name, value in made.json().items() if name != "api_key"}]
    account = (await hub.http.post("/api/v1/accounts", headers=own, json={"name": "Aalto"})).json()["id"]
    refused = await hub.http.delete(f"/api/v1/portals/{branch}", headers=own)
    assert (refused.status_code, "(account)" in refused.json()["detail"]) == (409, True)
    await hub.http.delete(f"/api/v1/accounts/{account}", headers=own)
    assert (await hub.http.delete(f"/api/v1/portals/{branch}", headers=own)).status_code == 204
    assert (await hub.http.get("/api/v1/portals", headers=own)).status_code == 401
    assert (await call(hub, scene, "POST", json={"name": "x", "time_zone": "Mars"})).status_code == 422


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.INTEGRATION, Role.VIEWER])
async def test_only_an_admin_changes_the_rules_and_only_at_home(hub: RunningHub, role: Role) -> None:
    scene, admin = await hub.scene(role=role), await hub.scene(role=Role.ADMIN)
    body = {"visibility": {"name": False}}
    own = scene.visit.directory.portal_id
    assert (await call(hub, scene, "PATCH", own, json=body)).status_code == 403
    assert (await call(hub, scene, "POST", json={"name": "x"})).status_code == 403
    assert (await call(hub, scene, "DELETE", own)).status_code == 403
    assert (await call(hub, admin, "DELETE", own)).status_code == 404
    assert (await call(hub, admin, "DELETE", admin.visit.directory.portal_id)).status_code == 409
    assert (await call(hub, admin, "PATCH", scene.visit.directory.portal_id, json=body)).status_code == 404
    assert await changes_of(hub) == []


async def test_how_customers_reach_the_company_is_told_and_taken_back(hub: RunningHub) -> None:
    scene = await hub.scene(role=Role.ADMIN)
    portal = scene.visit.directory.portal_id

    told = await call(hub, scene, "PATCH", portal, json={"phone": "+358 9 123", "email": "help@example.org"})
    back = await call(hub, scene, "PATCH", portal, json={"phone": None})

    assert (told.json()["phone"], told.json()["email"]) == ("+358 9 123", "help@example.org")
    assert (back.json()["phone"], back.json()["email"]) == (None, "help@example.org")
    assert (await call(hub, scene, "PATCH", portal, json={"email": "nobody"})).status_code == 422
