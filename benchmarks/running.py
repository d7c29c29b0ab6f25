"""A whole hub of its own for a measurement, and the load tools that know it only by its public contract."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

from hub.demo.road_engine import free_port

ROOT = Path(__file__).resolve().parent.parent
KIT = Path(os.environ.get("BENCH_KIT", ROOT.parent / "shared" / "bench"))
"""The load tools' folder."""
FOR_MEASURING = {
    "HUB_UPDATES_PER_S": "0",  # watchers get every position
    "HUB_LOST_AFTER_S": "86400",  # the pings' clock is simulated and lies hours back
    "HUB_DEVICE_RATE": "0",
}


MOST_LOOKS = 60
"""So often is looked whether the recorder has caught up, every 2.5 s."""


class Measured:
    """A running hub with visits under way, and how to load it."""

    def __init__(self, folder: Path, base_url: str, environment: dict[str, str], web: psutil.Process) -> None:
        self.base_url, self.web = base_url, web
        self._folder, self._environment = folder, environment
        self.seed, self.state = folder / "seed.json", folder / "state.json"
        run: dict[str, Any] = json.loads((folder / "var" / "run.json").read_bytes())
        self.redis_url: str = run["redis_url"]
        self.database_url = environment.get("HUB_DATABASE_URL") or f"sqlite:///{folder / 'var' / 'hub.db'}"

    def _wait_until_recorded(self) -> None:
        for _ in range(MOST_LOOKS):
            if not _unrecorded(self.base_url):
                return
        raise SystemExit("the recorder does not catch up")

    def seed_visits(self, count: int) -> None:
        """Make visits under way."""
        self.seed.write_bytes(_only_bench_visits(self.command("demo", "seed", "--visits", str(count), "--json")))

    def command(self, *arguments: str, stdin: str = "") -> bytes:
        """Run one of the hub's commands beside it; gives what it prints."""
        command = [sys.executable, "-m", "hub", *arguments]
        told = stdin.encode()
        done = subprocess.run(command, env=self._environment, input=told, capture_output=True, check=True)  # noqa: S603
        return done.stdout

    def pingload(self, *options: str) -> dict[str, Any]:
        """Load the hub once; the devices carry on where the last time stopped.

        The recorder has caught up before: else it would still write the pings of the measurement before this one.
        """
        return self._load("pingload.py", self.state, *options)

    def fanout(self, *options: str) -> dict[str, Any]:
        """Let one device send and many watch its visit, likewise."""
        return self._load("fanout.py", self.state.with_suffix(".fanout.json"), *options)

    def _load(self, tool: str, state: Path, *options: str) -> dict[str, Any]:
        self._wait_until_recorded()
        command = [sys.executable, str(KIT / tool), "--json", "--seed", str(self.seed)]
        command += ["--state", str(state), "--pid", str(self.web.pid), *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
        result: dict[str, Any] = json.loads(done.stdout)
        return result


@contextlib.contextmanager
def measured_hub(**more: str) -> Iterator[Measured]:
    """Run a hub with its demo and no simulator, in a folder of its own; `more` are settings."""
    with tempfile.TemporaryDirectory(prefix="enroute-bench-") as name:
        folder, port = Path(name), free_port()
        environment = os.environ | FOR_MEASURING | {"HUB_DATA_DIR": str(folder / "var")} | more
        command = [sys.executable, "-m", "hub", "run", "--demo", "--no-simulate", "--port", str(port)]
        with (folder / "hub.log").open("wb") as log:
            hub = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603
        try:
            base_url = f"http://127.0.0.1:{port}"
            _wait_until_ready(base_url)
            yield Measured(folder, base_url, environment, _web_process(hub.pid))
        finally:
            hub.terminate()
            hub.wait(10)


def _unrecorded(base_url: str) -> float:
    """Read the gauge, which the hub renews every 2 s."""
    time.sleep(2.5)
    found = re.search(r"^hub_unrecorded_commits (\S+)$", httpx.get(f"{base_url}/metrics").text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def _only_bench_visits(seed: bytes) -> bytes:
    """Keep the technicians that were added for measuring: all are under way, and nothing else moves them."""
    content = json.loads(seed)
    content["resources"] = [one for one in content["resources"] if one["name"].startswith("Bench")]
    return json.dumps(content).encode()


def _wait_until_ready(base_url: str) -> None:
    for _ in range(300):
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{base_url}/readyz", timeout=2).status_code == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the hub did not become ready")


def _web_process(parent: int) -> psutil.Process:
    for child in psutil.Process(parent).children(recursive=True):
        if "hub web" in " ".join(child.cmdline()):
            return child
    raise SystemExit("the hub has no web process")
