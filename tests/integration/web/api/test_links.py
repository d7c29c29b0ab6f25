"""Make and revoke customers' links."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub.domain.roles import Role
from tests.integration.hub import RunningHub, Scene


async def _make(hub: RunningHub, scene: Scene, **body: Any) -> httpx.Response:
    return await hub.http.post(
        f"/api/v1/bookings/{scene.visit.booking_id}/links",
        json=body,
        headers={"Authorization": f"Bearer {scene.api_key}"},
    )


async def _revoke(hub: RunningHub, scene: Scene, link_id: str) -> int:
    headers = {"Authorization": f"Bearer {scene.api_key}"}
    return (await hub.http.delete(f"/api/v1/links/{link_id}", headers=headers)).status_code


@pytest.mark.parametrize("role", [Role.INTEGRATION, Role.ADMIN])
async def test_other_roles_make_and_revoke_links_too(hub: RunningHub, role: Role) -> None:
    scene = await hub.scene(role=role)

    made = await _make(hub, scene, scope="track")

    assert made.status_code == 201
    assert await _revoke(hub, scene, made.json()["id"]) == 204


async def test_a_link_opens_its_visit_until_it_is_revoked(hub: RunningHub) -> None:
    scene = await hub.scene()
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)

    made = await _make(hub, scene, scope="manage", expires_at=expires_at.isoformat())

    assert made.status_code == 201
    link = made.json()
    assert set(link) == {"id", "url", "scope", "expires_at"}
    assert link["scope"] == "manage"
    assert datetime.fromisoformat(link["expires_at"]) == expires_at
    path = link["url"].removeprefix("http://hub.test")
    assert (await hub.http.get(path)).status_code == 200
    assert await _revoke(hub, scene, link["id"]) == 204
    await asyncio.sleep(2.1)
    assert (await hub.http.get(path)).status_code == 404


async def test_a_link_lasts_a_month_unless_it_says_otherwise(hub: RunningHub) -> None:
    scene = await hub.scene()

    link = (await _make(hub, scene, scope="track")).json()

    left = datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"scope": "track", "expires_at": "2020-01-01T00:00:00Z"}, "$.expires_at"),
        ({"scope": "track", "expires_at": "9999-12-31T23:59:59-12:00"}, "$.expires_at"),
        ({"scope": "all"}, "$.scope"),
        ({}, "$.scope"),
    ],
)
async def test_a_body_that_does_not_fit_names_its_fault(hub: RunningHub, body: dict[str, str], at: str) -> None:
    answer = await _make(hub, await hub.scene(), **body)

    assert answer.status_code == 422
    assert [fault["at"] for fault in answer.json()["errors"]] == [at]


async def test_a_viewer_makes_and_revokes_no_links(hub: RunningHub) -> None:
    scene = await hub.scene(role=Role.VIEWER)

    assert (await _make(hub, scene, scope="track")).status_code == 403
    assert await _revoke(hub, scene, scene.link_id) == 403


async def test_an_unknown_or_another_portals_link_is_unknown(hub: RunningHub) -> None:
    scene, stranger = await hub.scene(), await hub.scene()

    assert await _revoke(hub, scene, "li_nothing") == 404
    assert await _revoke(hub, stranger, scene.link_id) == 404
    assert (await hub.http.get(f"/v/{scene.link_token}")).status_code == 200


async def test_the_same_key_makes_one_link(hub: RunningHub) -> None:
    scene = await hub.scene()
    headers = {"Authorization": f"Bearer {scene.api_key}", "Idempotency-Key": "one"}
    path = f"/api/v1/bookings/{scene.visit.booking_id}/links"

    answers = [await hub.http.post(path, json={"scope": "track"}, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
