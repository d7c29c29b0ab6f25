"""The program of the technician's page: manifest, service worker, and modules of one version."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec
import pytest

from hub.web.technician import shell
from tests.integration.hub import RunningHub
from tests.integration.web.technician.test_page import a_visit, enrolled


async def test_the_page_can_be_installed(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        assert '<link rel="manifest" href="/tech/manifest.webmanifest">' in (await phone.open("/tech")).text
    answer = await hub.http.get("/tech/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/tech", "/tech", "standalone")
    assert [icon["sizes"] for icon in manifest["icons"] if icon.get("purpose") == "maskable"] == ["512x512"]
    for icon in manifest["icons"]:
        assert (await hub.http.get(icon["src"])).headers["content-type"] == icon["type"]


async def test_the_service_worker_may_serve_the_page_and_finds_all_it_keeps(hub: RunningHub) -> None:
    answer = await hub.http.get("/tech/worker.js")
    assert answer.headers["service-worker-allowed"] == "/tech"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in answer.headers["content-security-policy"]
    found = re.match(r"self\.shell = (\{.*?\});\n", answer.text)
    assert found
    kept = msgspec.json.decode(found[1])
    assert kept["version"] == shell.shell_version()
    for url in kept["urls"]:
        part = await hub.http.get(url)
        assert part.status_code == 200
        assert "immutable" in part.headers["cache-control"]


async def test_all_that_the_page_loads_is_kept(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        page = (await phone.open("/tech")).text
    worker = (await hub.http.get("/tech/worker.js")).text
    loaded = re.findall(r'(?:href|src)="(/(?:static|tech/app)/[^"]+)"', page)
    assert len(loaded) > 10
    assert [url for url in loaded if f'"{url}"' not in worker] == []


async def test_modules_of_another_version_are_not_mixed_in(hub: RunningHub) -> None:
    assert (await hub.http.get(shell.module_url("page.mjs"))).status_code == 200
    for path in ("/tech/app/000000000000/page.mjs", shell.module_url("worker.mjs"), shell.module_url("no.mjs")):
        gone = await hub.http.get(path)
        assert gone.status_code == 404
        assert gone.headers["cache-control"] == "no-store"


def test_a_changed_part_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "technician"
    shutil.copytree(shell.FOLDER, program)
    monkeypatch.setattr(shell, "FOLDER", program)
    versions = {shell.shell_version()}
    for name in ("worker.mjs", "line.mjs"):
        (program / name).write_text((program / name).read_text() + "\n// changed\n")
        versions.add(shell.shell_version())
    assert len(versions) == 3


async def test_signing_out_has_the_browser_forget_what_it_kept(hub: RunningHub) -> None:
    visit = await a_visit(hub)
    async with enrolled(hub, visit.directory) as phone:
        answer = await phone.press(await phone.open("/tech"), "/tech/sign-out")
    assert answer.headers["clear-site-data"] == '"storage"'
    assert "technician/forget.mjs" in answer.text
