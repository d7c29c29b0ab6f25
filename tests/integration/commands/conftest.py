"""Hubs for the tests of commands."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.commands.launched import Launched, launched


@pytest.fixture
def folder() -> Iterator[Path]:
    """Name a data folder that is not there yet; short, since socket paths may not be long."""
    parent = Path(tempfile.mkdtemp(prefix="enroute-run-"))
    yield parent / "var"
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def hub_run(folder: Path) -> Iterator[Launched]:
    """Run a whole hub on embedded stores."""
    with launched(folder) as hub:
        yield hub


@pytest.fixture(scope="package")
def shared_hub_run() -> Iterator[Launched]:
    """Run a whole hub for all tests that leave it as it is, or heal what they break."""
    parent = Path(tempfile.mkdtemp(prefix="enroute-run-"))
    with launched(parent / "var") as hub:
        yield hub
    shutil.rmtree(parent, ignore_errors=True)
