"""Base maps: the operator's region in ranges, and a foreign style with the policy that it needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.services import follow_map_style
from hub.services.follow_map_style import MapStyle
from hub.web.base_map import REGION
from tests.databases import copy_sqlite
from tests.integration.hub import RunningHub, hub_settings, running_hub
from tests.integration.stores import TestValkey
from tests.unit.store.test_region_file import pmtiles

CONTENT = pmtiles(tiles=3_000)


@pytest.fixture
async def hub(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> AsyncIterator[RunningHub]:
    """Run a hub with a region."""
    file = tmp_path / "a region.pmtiles"
    file.write_bytes(CONTENT)
    settings = hub_settings(copy_sqlite(sqlite_template, tmp_path), session_valkey.url, basemap=str(file))
    async with running_hub(settings) as running:
        yield running


async def ask(hub: RunningHub, method: str = "GET", **headers: str) -> httpx.Response:
    return await hub.http.request(method, REGION, headers={name.replace("_", "-"): v for name, v in headers.items()})


async def test_a_range_is_answered_with_exactly_its_bytes_and_unpacked(hub: RunningHub) -> None:
    part = await ask(hub, Range="bytes=100-1999", Accept_Encoding="gzip")
    assert (part.status_code, part.content) == (206, CONTENT[100:2000])
    assert part.headers["content-range"] == f"bytes 100-1999/{len(CONTENT)}"
    assert part.headers["content-type"] == "application/vnd.pmtiles"
    assert "content-encoding" not in part.headers
    assert (await ask(hub, Range="bytes=-5")).content == CONTENT[-5:]


async def test_ranges_that_are_not_there_are_refused(hub: RunningHub) -> None:
    beyond = await ask(hub, Range=f"bytes={len(CONTENT)}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(CONTENT)}")
    assert (await ask(hub, Range="bytes=9-1")).status_code in (400, 416)


async def test_the_file_is_known_by_its_tag_and_cached(hub: RunningHub) -> None:
    whole = await ask(hub)
    assert (whole.status_code, whole.content) == (200, CONTENT)
    tag = whole.headers["etag"]
    assert (await ask(hub, If_None_Match=tag)).status_code == 304
    assert (await ask(hub, Range="bytes=0-6", If_Range=tag)).status_code == 206
    assert (await ask(hub, Range="bytes=0-6", If_Range='"other"')).status_code == 200
    assert whole.headers["cache-control"] == "no-cache"
    named = await hub.http.get(f"{REGION}?v=1")
    assert named.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_a_head_has_the_length_and_nothing_can_be_written(hub: RunningHub) -> None:
    head = await ask(hub, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["content-length"], head.headers["accept-ranges"]) == (str(len(CONTENT)), "bytes")
    assert (await ask(hub, "POST")).status_code == 405
    assert (await ask(hub, "DELETE")).status_code == 405


@pytest.mark.parametrize("path", ["/../../etc/passwd", "/x", "%2f..%2fhub.db", "?file=/etc/passwd"])
async def test_no_path_leads_to_another_file(hub: RunningHub, path: str) -> None:
    answer = await hub.http.get(REGION + path)
    assert answer.status_code == 404 or answer.content == CONTENT


async def test_pages_name_the_region_as_it_is_now_and_do_without_one_that_is_gone(hub: RunningHub) -> None:
    scene = await hub.scene()
    page = (await hub.http.get(f"/v/{scene.link_token}")).text
    assert f'"basemap": "{REGION}?v=' in page
    assert hub.settings.basemap not in page
    await asyncio.to_thread(Path(hub.settings.basemap).unlink)
    assert REGION not in (await hub.http.get(f"/v/{scene.link_token}")).text
    assert (await ask(hub)).status_code == 404


@asynccontextmanager
async def serving(answers: dict[str, Any]) -> AsyncIterator[str]:
    """Serve JSON documents, or what functions answer, at an origin of its own; `$ORIGIN` in them is that."""

    async def answer(request: Request) -> Response:
        found = answers.get(request.url.path)
        if callable(found):
            response: Response = found()
            return response
        origin = f"http://{request.url.netloc}"
        text = msgspec.json.encode(found).decode().replace("$ORIGIN", origin)
        headers = {"Access-Control-Allow-Origin": "*"}  # browsers ask from another origin
        return Response(text, media_type="application/json", headers=headers) if found else Response(status_code=404)

    config = uvicorn.Config(Starlette(routes=[Route("/{path:path}", answer)]), port=0, log_level="critical")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:
        assert not task.done(), task.exception()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def test_the_policy_opens_to_what_the_style_names_and_its_tiles(
    sqlite_template: Path, tmp_path: Path, session_valkey: TestValkey, redis_client: Redis
) -> None:
    style = {
        "version": 8,
        "glyphs": "https://letters.example/{fontstack}/{range}.pbf",
        "sources": {"a": {"type": "vector", "url": "/tiles.json"}, "b": {"type": "vector", "url": "/missing.json"}},
        "layers": [],
    }
    answers = {"/style.json": style, "/tiles.json": {"tiles": ["https://tiles.example/{z}/{x}/{y}.mvt"]}}
    async with serving(answers) as origin:
        settings = hub_settings(
            copy_sqlite(sqlite_template, tmp_path), session_valkey.url, map_style_url=f"{origin}/style.json"
        )
        async with running_hub(settings) as hub:
            policy = (await hub.http.get("/")).headers["content-security-policy"]

    parts = dict(part.split(" ", 1) for part in policy.split("; ") if " " in part)
    allowed = {origin, "https://letters.example", "https://tiles.example", "'self'"}
    assert set(parts["connect-src"].split()) == allowed
    assert set(parts["img-src"].split()) == allowed | {"data:"}
    assert (parts["script-src"], parts["worker-src"]) == ("'self'", "'self'")


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response(status_code=500),
        lambda: Response(b"<html>"),
        lambda: Response(b"[" * 100_000),
        lambda: Response(b" " * (5 * 1024 * 1024)),
        lambda: RedirectResponse("/style.json"),
    ],
)
async def test_a_style_that_cannot_be_read_leaves_its_own_origin(answer: Any) -> None:
    async with serving({"/style.json": answer}) as origin:
        style = MapStyle(f"{origin}/style.json")
        assert not await style.read()
        assert style.origins == {origin}


async def test_a_style_that_comes_late_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_map_style, "RETRY_S", 0.05)
    answers: dict[str, Any] = {}
    async with serving(answers) as origin:
        style = MapStyle(f"{origin}/style.json")
        async with style.followed():
            assert style.origins == {origin}
            answers["/style.json"] = {"glyphs": "https://letters.example/x"}
            async with asyncio.timeout(5):
                while style.origins != {origin, "https://letters.example"}:
                    assert origin in style.origins
                    await asyncio.sleep(0.02)
