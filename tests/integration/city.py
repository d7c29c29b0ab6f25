"""Fixtures of the demo city: its folder, and its road engine running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.demo.engine import prepare
from hub.demo.road_engine import has_engine, running

CITY_FOLDER = Path(__file__).parents[2] / "build" / "demo-city"


@pytest.fixture(scope="session")
def city_folder() -> Path:
    """Give the prepared demo city; prepares it where the set-up has not."""
    prepare(CITY_FOLDER, print)
    return CITY_FOLDER


@pytest.fixture(scope="session")
def osrm_url(city_folder: Path) -> Iterator[str]:
    """Give the address of a real osrm-routed with the demo city's roads."""
    if not has_engine(city_folder):
        pytest.skip("no road engine exists for this machine")
    with running(city_folder) as url:
        yield url
