"""A real MQTT broker for the tests, where mosquitto is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class TestMosquitto:
    """A broker on a port of its own, which keeps its sessions over a restart."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens."""
        assert PROGRAM is not None
        settings = self._folder / "mosquitto.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {self._folder}/",
            "log_dest none",
            *(["user root"] if os.getuid() == 0 else []),  # else it gives up its rights, and with them the folder
        ]
        settings.write_text("\n".join(lines))
        self._process = subprocess.Popen([PROGRAM, "-c", str(settings)])  # noqa: S603 - our own command
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("mosquitto did not start")

    def stop(self) -> None:
        """End it; it writes its sessions down first."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[TestMosquitto]:
    """Run a broker for one test."""
    if PROGRAM is None:
        pytest.skip("mosquitto is not installed")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    made = TestMosquitto(folder)
    made.start()
    yield made
    made.stop()
