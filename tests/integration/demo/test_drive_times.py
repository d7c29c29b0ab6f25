"""How long the demo's drives take, by whichever router there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.demo.address_file import load
from hub.demo.drive_times import drive_times_s
from hub.demo.road_engine import free_port


@pytest.mark.parametrize("engine", ["osrm", "valhalla", "none", "away"])
async def test_every_drive_has_a_time_whoever_is_asked(
    engine: str, city_folder: Path, request: pytest.FixtureRequest
) -> None:
    urls = {"none": "", "away": f"http://127.0.0.1:{free_port()}"}
    url = urls[engine] if engine in urls else f"{engine}+{request.getfixturevalue(f'{engine}_url')}"
    places = [address.place for address in load(city_folder)][:12]

    times_s = await drive_times_s(url, places)

    assert [len(row) for row in times_s] == [12] * 12
    assert all(drive_s is not None and drive_s == int(drive_s) for row in times_s for drive_s in row)
