"""A real Valhalla server with the demo city's roads, from the `pyvalhalla` wheel."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.demo.downloads import DownloadFailed, install
from hub.demo.road_engine import free_port

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-valhalla.lock"
WHEEL = ROOT / "build" / "valhalla"
READY_WITHIN_S = 15.0


@pytest.fixture(scope="session")
def valhalla_url(city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a real valhalla_service with the demo city's roads."""
    programs = _installed() / "valhalla"
    folder = tmp_path_factory.mktemp("valhalla")
    url = f"http://127.0.0.1:{free_port()}"
    settings = _settings(programs, folder, url)
    _run([str(programs / "bin" / "valhalla_build_tiles"), "-c", str(settings), str(city_folder / "city.osm.pbf")])
    service = [str(programs / "bin" / "valhalla_service"), str(settings), "1"]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(service, stdout=said, stderr=said)  # noqa: S603 - our own words
    try:
        _wait_until_ready(process, url)
        yield url
    finally:
        process.kill()  # at SIGTERM it waits for half a minute, whether anybody asks or not
        process.wait()


def _installed() -> Path:
    """Install the wheel once, for all who test; skips where there is none for this machine."""
    WHEEL.mkdir(parents=True, exist_ok=True)
    stamp, wanted = WHEEL / "stamp", LOCK.read_text()
    with (WHEEL / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            try:
                install("pyvalhalla", WHEEL, lock=LOCK)
            except DownloadFailed as fault:
                pytest.skip(f"Valhalla cannot be installed here: {fault}")
            stamp.write_text(wanted)
    return WHEEL


def _settings(programs: Path, folder: Path, url: str) -> Path:
    made = _run(
        [sys.executable, str(programs / "valhalla_build_config.py"), "--mjolnir-tile-dir", str(folder / "tiles")]
    )
    settings = json.loads(made)
    settings["httpd"]["service"]["listen"] = url.replace("http", "tcp")
    settings["mjolnir"]["tile_extract"] = str(folder / "none.tar")
    path = folder / "valhalla.json"
    path.write_text(json.dumps(settings))
    return path


def _run(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own words


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        try:
            httpx.get(f"{url}/status", timeout=1.0, trust_env=False)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("valhalla_service does not answer")
