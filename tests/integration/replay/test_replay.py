"""`hub replay`, against a running hub."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.integration.hub import RunningHub, Scene

TRACE = """trip,at,lat,lon,heading_deg
1,2026-01-26T15:55:12Z,60.1700,24.9400,58
1,2026-01-26T15:55:17Z,60.1701,24.9401,
1,oops,60.1701,24.9401,
1,2026-01-26T15:55:17Z,60.1701,24.9401,
2,2026-01-26T15:55:22Z,60.1702,24.9402,
1,2026-01-26T15:55:22Z,60.1702,24.9402,
"""


async def replay(*arguments: str) -> tuple[int | None, str, str]:
    command = [sys.executable, "-m", "hub", "replay", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def file(folder: Path) -> str:
    path = folder / "trips.csv"
    path.write_text(TRACE)
    return str(path)


def to(hub: RunningHub, scene: Scene) -> list[str]:
    return ["--url", hub.base_url, "--token", scene.device_token]


async def test_a_trip_is_sent_and_its_verdicts_are_told(hub: RunningHub, tmp_path: Path) -> None:
    scene = await hub.scene()
    code, out, err = await replay(file(tmp_path), *to(hub, scene), "--trip", "1", "--speed", "4")
    assert code == 0, err
    assert out.splitlines()[-1] == "4 sent: 3 accepted, 1 duplicate"
    assert "line 4" in err
    snapshot = (await hub.http.get(f"/v/{scene.link_token}/snapshot")).json()
    assert snapshot["position"]["lat"] == 60.1702


async def test_a_missing_file_ends_with_one_sentence(hub: RunningHub, tmp_path: Path) -> None:
    scene = await hub.scene()
    code, _, err = await replay(str(tmp_path / "none.gpx"), *to(hub, scene))
    assert (code, err.count("\n")) == (1, 1)
    assert "No such file" in err


async def test_a_bad_token_ends_with_one_sentence(hub: RunningHub, tmp_path: Path) -> None:
    code, _, err = await replay(file(tmp_path), "--trip", "2", "--url", hub.base_url, "--token", "wrong")
    assert code == 1
    assert err == "hub: the hub does not know this device token\n"


async def test_a_hub_that_is_away_ends_with_one_sentence(tmp_path: Path) -> None:
    code, _, err = await replay(file(tmp_path), "--trip", "2", "--url", "http://127.0.0.1:1", "--token", "t")
    assert code == 1
    assert "does not answer" in err
    assert "Traceback" not in err
