"""`GET /api/v1/resources/{id}/track`: read where a technician was, in four forms."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import gpxpy
import httpx
import msgspec
import pytest

from hub.domain.roles import Role
from tests.integration.hub import RunningHub, Scene
from tests.integration.tracks import keep, track_point_at


async def _track(hub: RunningHub, scene: Scene, accept: str = "", /, **query: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {scene.api_key}"} | ({"Accept": accept} if accept else {})
    path = f"/api/v1/resources/{scene.visit.directory.resource_id}/track"
    return await hub.http.get(path, params={name: str(value) for name, value in query.items()}, headers=headers)


async def _drive(hub: RunningHub, scene: Scene, number: int, begin: datetime) -> list[datetime]:
    moments = [begin + timedelta(seconds=n) for n in range(number)]
    resource_id = scene.visit.directory.resource_id
    points = [track_point_at(at, resource_id=resource_id, north_m=float(n)) for n, at in enumerate(moments)]
    points[0] = msgspec.structs.replace(
        points[0], verdict="flagged", reasons=["inaccurate", "teleport"], altitude_m=12.5, mock=True
    )
    await keep(hub.database, points)
    return moments


@pytest.fixture
def begin() -> datetime:
    """Choose a moment of the last day."""
    return datetime.now(UTC) - timedelta(hours=2)


async def test_the_last_day_is_answered_by_default(hub: RunningHub, begin: datetime) -> None:
    scene = await hub.scene()
    moments = await _drive(hub, scene, 3, begin)
    await _drive(hub, scene, 3, begin - timedelta(days=1))

    answer = await _track(hub, scene)

    assert (answer.status_code, answer.json()["next_cursor"]) == (200, None)
    assert [datetime.fromisoformat(item["at"]) for item in answer.json()["items"]] == moments
    first = answer.json()["items"][0]
    assert (first["verdict"], first["reasons"], first["mock"]) == ("flagged", ["inaccurate", "teleport"], True)
    assert (first["accuracy_m"], first["speed_mps"], first["heading_deg"], first["device"]) == (5.0, 9.5, None, "de_1")
    assert answer.headers["vary"].lower().startswith("accept")


async def test_a_long_track_comes_in_pages(hub: RunningHub, begin: datetime) -> None:
    scene = await hub.scene()
    moments = await _drive(hub, scene, 25, begin)
    seen: list[str] = []
    query: dict[str, object] = {"limit": 10}

    for _ in range(3):
        page = (await _track(hub, scene, **query)).json()
        seen += [item["at"] for item in page["items"]]
        query["cursor"] = page["next_cursor"]

    assert [datetime.fromisoformat(at) for at in seen] == moments
    assert query["cursor"] is None


async def test_from_is_included_and_to_is_not(hub: RunningHub, begin: datetime) -> None:
    scene = await hub.scene()
    moments = await _drive(hub, scene, 5, begin)

    answer = await _track(hub, scene, **{"from": moments[1].isoformat(), "to": moments[3].isoformat()})

    assert [datetime.fromisoformat(item["at"]) for item in answer.json()["items"]] == moments[1:3]


async def test_the_whole_track_is_geojson_where_that_is_asked_for(hub: RunningHub, begin: datetime) -> None:
    scene = await hub.scene()
    await _drive(hub, scene, 1_203, begin)

    answer = await _track(hub, scene, "application/geo+json")

    assert answer.headers["content-type"] == "application/geo+json"
    collection = answer.json()
    assert (collection["type"], len(collection["features"])) == ("FeatureCollection", 1_203)
    first = collection["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [24.94, 60.17, 12.5]}
    assert first["properties"]["reasons"] == ["inaccurate", "teleport"]


async def test_the_whole_track_is_gpx_where_that_is_asked_for(hub: RunningHub, begin: datetime) -> None:
    scene = await hub.scene()
    moments = await _drive(hub, scene, 1_203, begin)

    answer = await _track(hub, scene, "application/gpx+xml")

    assert answer.headers["content-type"].startswith("application/gpx+xml")
    points = list(gpxpy.parse(answer.text).walk(only_points=True))
    assert [point.time for point in points] == moments
    assert (points[0].elevation, points[0].type, points[1].type) == (12.5, "flagged inaccurate teleport", "accepted")


async def test_the_whole_track_is_csv_where_that_is_asked_for(hub: RunningHub, begin: datetime) -> None:
    scene = await hub.scene()
    moments = await _drive(hub, scene, 1_203, begin)

    answer = await _track(hub, scene, "text/csv")

    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [datetime.fromisoformat(row["at"]) for row in rows] == moments
    assert (rows[0]["reasons"], rows[0]["mock"], rows[0]["heading_deg"]) == ("inaccurate teleport", "true", "")


@pytest.mark.parametrize("accept", ["application/geo+json", "application/gpx+xml", "text/csv"])
async def test_no_points_are_a_file_without_points(hub: RunningHub, accept: str) -> None:
    answer = await _track(hub, await hub.scene(), accept)

    assert answer.status_code == 200
    assert "60.17" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2026-11-23T06:00:00"},
        {"to": "0001-01-01T00:00:00Z"},
        {"from": "2026-11-23T06:00:00Z", "to": "2026-11-23T06:00:00Z"},
        {"from": "2026-01-01T00:00:00Z", "to": "2026-02-02T00:00:00Z"},
        {"from": "9999-12-31T23:59:59Z"},
        {"cursor": "made up"},
        {"limit": "501"},
    ],
)
async def test_a_query_that_does_not_fit_is_told(hub: RunningHub, query: dict[str, str]) -> None:
    answer = await _track(hub, await hub.scene(), **query)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"].removeprefix("$.") in {*query, "to"}


async def test_another_portals_technician_is_unknown(hub: RunningHub) -> None:
    scene, stranger = await hub.scene(), await hub.scene()
    path = f"/api/v1/resources/{scene.visit.directory.resource_id}/track"

    for token, status in ((stranger.api_key, 404), (scene.device_token, 401), ("nothing", 401)):
        answer = await hub.http.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, 200), (Role.DISPATCHER, 200), (Role.VIEWER, 200), (Role.INTEGRATION, 403)]
)
async def test_only_some_roles_may_know_where_technicians_were(hub: RunningHub, role: Role, status: int) -> None:
    assert (await _track(hub, await hub.scene(role=role))).status_code == status


async def test_reading_changes_nothing_and_head_answers_without_a_body(hub: RunningHub, begin: datetime) -> None:
    scene = await hub.scene()
    await _drive(hub, scene, 3, begin)
    path = f"/api/v1/resources/{scene.visit.directory.resource_id}/track"

    head = await hub.http.head(path, headers={"Authorization": f"Bearer {scene.api_key}", "Accept": "text/csv"})

    assert (head.status_code, head.content) == (200, b"")
