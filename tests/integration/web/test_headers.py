"""Headers of pages, links and files."""

from __future__ import annotations

import pytest

from tests.integration.hub import RunningHub


@pytest.mark.parametrize(
    "path", ["/", "/v/TOKEN", "/v/TOKEN/snapshot", "/v/nobody", "/api/docs", "/nothing", "/api/v1/bookings"]
)
async def test_every_answer_is_strict_silent_and_not_for_search_engines(hub: RunningHub, path: str) -> None:
    scene = await hub.scene()

    answer = await hub.http.get(path.replace("TOKEN", scene.link_token), headers={"Accept": "text/html"})

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("file", "status"),
    [
        ("maplibre-gl.css", 200),
        ("maplibre-gl.mjs", 200),
        ("maplibre-gl.css.map", 404),
        ("maplibre-gl.d.ts", 404),
        ("../package.json", 404),
        ("%2e%2e/package.json", 404),
        ("", 404),
    ],
)
async def test_of_packages_only_scripts_and_styles_are_served(hub: RunningHub, file: str, status: int) -> None:
    answer = await hub.http.get(f"/static/vendor/maplibre-gl/{file}")

    assert answer.status_code == status


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
