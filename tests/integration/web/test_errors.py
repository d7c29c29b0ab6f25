"""Every error has one shape, and none is ours."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from tests.databases import copy_sqlite, fresh_postgres
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.stores import TestValkey

HTML = {"Accept": "text/html,application/xhtml+xml"}
ODD = ["%00", "%ff", "..%2fx", "%F0%9F%9A%90", "x" * 3_000, "' OR 1=1--", "{id}", "-1"]
BODIES = [b"", b"{", b"null", b"[]", b"7", b'"\\ud800"', b"\xff", b"[" * 9_000, b"{}", b" " * 70_000]


def _assert_problem(answer: httpx.Response) -> None:
    """Assert the shape of RFC 9457, and that the fault is the caller's."""
    assert 400 <= answer.status_code < 500, (answer.request.method, answer.request.url, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    if answer.request.method == "HEAD":
        return
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert (problem["status"], problem["title"]) == (
        answer.status_code,
        HTTPStatus(answer.status_code).phrase,
    )
    for fault in problem.get("errors", []):
        assert set(fault) == {"at", "message"}
        assert fault["at"].startswith("$")


async def _walk(hub: RunningHub) -> None:
    scene = await hub.scene()
    key = {"Authorization": f"Bearer {scene.api_key}"}
    device = {"Authorization": f"Bearer {scene.device_token}"}
    booking = f"/api/v1/bookings/{scene.visit.booking_id}"
    for odd in ODD:
        _assert_problem(await hub.http.get(f"/api/v1/{odd}"))
        _assert_problem(await hub.http.get(f"/v/{odd}/snapshot"))
        _assert_problem(await hub.http.get(f"/v/{odd}/events"))
        _assert_problem(await hub.http.get(f"/api/v1/bookings/{odd}", headers=key))
        _assert_problem(
            await hub.http.post(f"/api/v1/bookings/{odd}/status", json={"status": "traveling"}, headers=key)
        )
        _assert_problem(await hub.http.post(f"/api/v1/bookings/{odd}/links", json={"scope": "track"}, headers=key))
        _assert_problem(await hub.http.delete(f"/api/v1/links/{odd}", headers=key))
        for name in ("cursor", "limit", "from", "to", "status"):
            _assert_problem(await hub.http.get(f"/api/v1/bookings?{name}={odd}", headers=key))
        listed = await hub.http.get(f"/api/v1/bookings?resource={odd}", headers=key)
        assert listed.status_code in {200, 422}, listed.text
        for token in (odd, f"{odd}é".encode()):
            value = b"Bearer " + (token.encode() if isinstance(token, str) else token)
            _assert_problem(await hub.http.get("/api/v1/bookings", headers={b"Authorization": value}))
    for body in BODIES:
        for path in ("status", "links"):
            _assert_problem(await hub.http.post(f"{booking}/{path}", content=body, headers=key))
        if body not in (b"[]", b" " * 70_000):
            _assert_problem(await hub.http.post("/api/v1/pings", content=body, headers=device))
    for method in ("PUT", "PATCH", "OPTIONS", "DELETE"):
        for path in ("/api/v1/pings", "/api/v1/bookings", booking, "/"):
            _assert_problem(await hub.http.request(method, path, headers=key))


async def test_bad_requests_are_answered_in_one_shape_and_never_as_our_fault(hub: RunningHub) -> None:
    await _walk(hub)


async def test_on_postgresql_too(
    postgres_server: str, postgres_template: str, session_valkey: TestValkey, redis_client: Redis
) -> None:
    async with (
        fresh_postgres(postgres_server, postgres_template) as database_url,
        running_hub(hub_settings(database_url, session_valkey.url)) as hub,
    ):
        await _walk(hub)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("POST", "/", 405)])
async def test_people_get_a_page_and_programs_a_problem(hub: RunningHub, method: str, path: str, status: int) -> None:
    page, problem = [await hub.http.request(method, path, headers=headers) for headers in (HTML, {})]

    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert HTTPStatus(status).phrase in page.text or str(status) in page.text or "<h1" in page.text
    assert problem.status_code == status
    _assert_problem(problem)


@pytest.mark.parametrize("path", ["/staff/", "/book/", "/api/v1/bookings/"])
async def test_a_path_too_long_by_a_slash_sends_nobody_to_the_host_that_the_caller_names(
    hub: RunningHub, path: str
) -> None:
    answer = await hub.http.get(path, headers={"Host": "evil.example"})

    assert answer.status_code == 404
    assert "location" not in answer.headers


async def test_the_api_answers_problems_even_to_browsers(hub: RunningHub) -> None:
    _assert_problem(await hub.http.get("/api/v1/nothing", headers=HTML))


async def test_a_method_that_is_not_allowed_names_those_that_are(hub: RunningHub) -> None:
    answer = await hub.http.put("/api/v1/pings")

    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


async def test_a_database_that_fails_is_a_503_that_tells_nothing(
    sqlite_template: Path, tmp_path: Path, redis_client: Redis, session_valkey: TestValkey
) -> None:
    async with running_hub(hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url)) as hub:
        async with hub.database.write() as tx:
            await tx.exec_driver_sql("DROP TABLE api_key")
        answer = await hub.http.get("/api/v1/bookings", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "api_key" not in answer.text
