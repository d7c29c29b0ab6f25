"""`/api/v1/bookings`: read them and change their status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub.domain.roles import Role
from hub.services.measure_travel import MeasureTravel
from tests.builders import build_visit
from tests.integration.hub import RunningHub, Scene
from tests.integration.tracks import keep, track_point_at


async def _status(hub: RunningHub, scene: Scene, status: str, code: int = 200, **more: Any) -> Any:
    answer = await hub.set_status(scene, status, **more)
    assert answer.status_code == code, answer.text
    return answer.json()


async def _list(hub: RunningHub, scene: Scene, **query: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {scene.api_key}"}
    return await hub.http.get("/api/v1/bookings", params=query, headers=headers)


async def test_setting_off_answers_the_changed_booking(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled")

    changed = await _status(hub, scene, "traveling")

    assert (changed["id"], changed["status"], changed["version"]) == (scene.visit.booking_id, "traveling", 2)
    assert changed["resources"] == [scene.visit.directory.resource_id]
    assert changed["work_order"] == "in_progress"
    read = await hub.http.get(
        f"/api/v1/bookings/{scene.visit.booking_id}", headers={"Authorization": f"Bearer {scene.api_key}"}
    )
    assert read.json() == changed


async def test_a_change_that_may_not_follow_is_a_conflict_that_names_the_allowed_ones(hub: RunningHub) -> None:
    scene = await hub.scene("in_progress")

    refused = await _status(hub, scene, "traveling", 409)

    assert refused["allowed"] == ["on_break", "completed"]
    assert refused["current"] == "in_progress"
    assert "on_break, completed" in refused["detail"]


async def test_the_same_status_again_has_no_effect(hub: RunningHub) -> None:
    scene = await hub.scene("traveling")

    assert (await _status(hub, scene, "traveling"))["version"] == 1


async def test_another_portals_booking_is_unknown(hub: RunningHub) -> None:
    scene, stranger = await hub.scene("scheduled"), await hub.scene("scheduled")
    headers = {"Authorization": f"Bearer {stranger.api_key}"}
    path = f"/api/v1/bookings/{scene.visit.booking_id}"

    assert (await hub.http.get(path, headers=headers)).status_code == 404
    assert (await hub.http.post(f"{path}/status", json={"status": "traveling"}, headers=headers)).status_code == 404
    assert (await hub.http.post(f"{path}/links", json={"scope": "track"}, headers=headers)).status_code == 404


async def test_a_viewer_may_look_but_not_change(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled", Role.VIEWER)

    await _status(hub, scene, "traveling", 403)
    assert (await _list(hub, scene)).status_code == 200


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic eDp5"}])
async def test_without_a_key_nothing_is_told(hub: RunningHub, header: dict[str, str]) -> None:
    scene = await hub.scene("scheduled")
    for method, path in (
        ("GET", ""),
        ("GET", f"/{scene.visit.booking_id}"),
        ("POST", f"/{scene.visit.booking_id}/status"),
    ):
        answer = await hub.http.request(method, f"/api/v1/bookings{path}", headers=header)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_devices_token_is_no_key(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled")
    headers = {"Authorization": f"Bearer {scene.device_token}"}

    assert (await hub.http.get("/api/v1/bookings", headers=headers)).status_code == 401


async def test_a_time_in_the_past_is_taken_and_one_in_the_future_is_bad_input(hub: RunningHub) -> None:
    scene, now = await hub.scene("scheduled"), datetime.now(UTC)

    bad = await _status(hub, scene, "traveling", 422, at=(now + timedelta(minutes=2)).isoformat())
    await _status(hub, scene, "traveling", at=(now - timedelta(minutes=2)).isoformat())

    assert [fault["at"] for fault in bad["errors"]] == ["$.at"]


async def test_a_body_that_does_not_fit_names_its_fault(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled")
    for body, at in (
        ({}, "$.status"),
        ({"status": "asleep"}, "$.status"),
        ({"status": "traveling", "at": "2026-11-23T14:00:00"}, "$.at"),
        ({"status": "traveling", "at": "0001-01-01T00:00:00+14:00"}, "$.at"),
        ({"status": "traveling", "work_order": "unscheduled"}, "$.work_order"),
        ({"status": "completed", "work_order": "completed"}, "$.work_order"),
    ):
        answer = await hub.http.post(
            f"/api/v1/bookings/{scene.visit.booking_id}/status",
            json=body,
            headers={"Authorization": f"Bearer {scene.api_key}"},
        )
        assert answer.status_code == 422, body
        assert [fault["at"] for fault in answer.json()["errors"]] == [at]


async def test_a_completed_booking_may_leave_its_work_to_be_booked_again(hub: RunningHub) -> None:
    scene = await hub.scene("in_progress")

    changed = await _status(hub, scene, "completed", work_order="unscheduled")

    assert (changed["status"], changed["work_order"]) == ("completed", "unscheduled")


async def test_bookings_are_listed_page_by_page_in_order(hub: RunningHub) -> None:
    scene, now = await hub.scene("scheduled"), datetime.now(UTC)
    async with hub.database.write() as tx:
        for hour in (3, 1, 2):
            await build_visit(tx, directory=scene.visit.directory, starts_at=now + timedelta(hours=hour))
    starts, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = (await _list(hub, scene, limit=3, **({"cursor": cursor} if cursor else {}))).json()
        starts += [item["starts_at"] for item in page["items"]]
        cursor, pages = page["next_cursor"], pages + 1

    assert (len(starts), pages) == (4, 2)
    assert starts == sorted(starts)


async def test_bookings_are_filtered_by_half_open_time_status_and_resource(hub: RunningHub) -> None:
    scene, later = await hub.scene("traveling"), datetime.now(UTC) + timedelta(hours=1)
    async with hub.database.write() as tx:
        other = await build_visit(tx, directory=scene.visit.directory, starts_at=later)

    async def found(**query: Any) -> set[str]:
        return {item["id"] for item in (await _list(hub, scene, **query)).json()["items"]}

    first, second = scene.visit.booking_id, other.booking_id
    assert await found() == {first, second}
    assert await found(**{"from": later.isoformat()}) == {second}
    assert await found(to=later.isoformat()) == {first}
    assert await found(status="traveling") == {first}
    assert await found(resource="re_nobody") == set()
    assert await found(resource=scene.visit.directory.resource_id, unknown="ignored") == {first, second}


async def test_a_bad_parameter_is_named(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled")
    for name, value in (
        ("cursor", "nonsense"),
        ("cursor", "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwieCJd"),  # its moment lies before the calendar in UTC
        ("cursor", "W1tbW1tb" * 2_000),
        ("limit", "0"),
        ("limit", "501"),
        ("limit", "x"),
        ("from", "now"),
        ("to", "2026-11-23T14:00:00"),
        ("from", "0001-01-01T00:00:00+14:00"),
        ("status", "asleep"),
    ):
        answer = await _list(hub, scene, **{name: value})

        assert answer.status_code == 422, (name, value)
        assert [fault["at"] for fault in answer.json()["errors"]] == [f"$.{name}"]


async def test_a_booking_tells_how_its_technician_came_once_that_is_measured(hub: RunningHub) -> None:
    scene = await hub.scene("scheduled")
    now = datetime.now(UTC)
    for status, at in (("traveling", now - timedelta(minutes=12)), ("in_progress", now - timedelta(minutes=2))):
        assert (await _status(hub, scene, status, at=at.isoformat()))["travel"] is None
    resource_id = scene.visit.directory.resource_id
    way = [
        track_point_at(now - timedelta(seconds=720 - n), resource_id=resource_id, north_m=8.0 * n)
        for n in range(0, 601, 20)
    ]
    await keep(hub.database, way)

    await MeasureTravel(hub.database, lambda: now, exact=None).work()

    headers = {"Authorization": f"Bearer {scene.api_key}"}
    read = (await hub.http.get(f"/api/v1/bookings/{scene.visit.booking_id}", headers=headers)).json()
    assert read["travel"] == {"distance_m": pytest.approx(4_800, rel=1e-3), "bridged_m": 0.0, "travel_s": 600.0}
