"""Headers of pages, links and files."""

from __future__ import annotations

import pytest

from hub.services.watch_visit import WatchVisit
from tests.integration.hub import RunningHub

PATHS = ("/", "/v/TOKEN", "/v/TOKEN/snapshot", "/v/nobody", "/api/docs", "/nothing", "/api/v1/bookings")


async def test_every_answer_is_strict_silent_and_not_for_search_engines(hub: RunningHub) -> None:
    scene = await hub.scene()
    for path in PATHS:
        answer = await hub.http.get(path.replace("TOKEN", scene.link_token), headers={"Accept": "text/html"})

        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        wanted = {
            "referrer-policy": "no-referrer",
            "x-robots-tag": "noindex",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }
        assert {name: answer.headers[name] for name in wanted} == wanted, path


async def test_a_fault_of_ours_is_answered_as_strictly(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_watch: WatchVisit, _booking_id: str) -> None:
        raise ZeroDivisionError

    scene = await hub.scene()
    monkeypatch.setattr(WatchVisit, "see", fail)
    for accept, kind in {"text/html": "text/html", "*/*": "application/problem+json"}.items():
        answer = await hub.http.get(f"/v/{scene.link_token}", headers={"Accept": accept})

        assert answer.status_code == 500
        assert answer.headers["content-type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "ZeroDivisionError" not in answer.text


async def test_of_packages_only_scripts_and_styles_are_served(hub: RunningHub) -> None:
    for file, status in {
        "maplibre-gl.css": 200,
        "maplibre-gl.mjs": 200,
        "maplibre-gl.css.map": 404,
        "maplibre-gl.d.ts": 404,
        "../package.json": 404,
        "%2e%2e/package.json": 404,
        "": 404,
    }.items():
        assert (await hub.http.get(f"/static/vendor/maplibre-gl/{file}")).status_code == status, file


async def test_scripts_are_named_as_such(hub: RunningHub) -> None:
    answer = await hub.http.get("/static/vendor/maplibre-gl/maplibre-gl.mjs")

    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(("query", "cached"), [("", "no-cache"), ("?v=abc", "public, max-age=31536000, immutable")])
async def test_files_named_with_their_hash_are_kept_for_ever(hub: RunningHub, query: str, cached: str) -> None:
    answer = await hub.http.get(f"/static/vendor/maplibre-gl/maplibre-gl.css{query}")

    assert answer.headers["cache-control"] == cached


async def test_a_missing_file_is_never_kept(hub: RunningHub) -> None:
    answer = await hub.http.get("/static/nothing.css?v=abc")

    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_files_are_packed_once_and_asked_for_again_by_their_tag(hub: RunningHub) -> None:
    path, packed = "/static/vendor/maplibre-gl/maplibre-gl.mjs", {"Accept-Encoding": "gzip"}
    answer, again = await hub.http.get(path, headers=packed), await hub.http.get(path, headers=packed)

    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 310_000
    assert answer.headers["content-type"].startswith("text/javascript")
    assert again.content == answer.content
    known = await hub.http.get(path, headers=packed | {"If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304
    plain = await hub.http.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    assert (await hub.http.head(path, headers=packed)).status_code == 200
    part = await hub.http.get(path, headers=packed | {"Range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)
