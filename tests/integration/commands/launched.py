"""A `hub run` as an operator starts it: processes of its own, a data folder of its own, any free port."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
import psutil

from hub.data_dir import RunFile
from hub.store.database import Database
from tests.integration.plain_http import NO_TLS

READY_S = 90.0
ROOT = Path(__file__).parents[3]


class Launched:
    """One `hub run`."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        self.folder = folder
        self.began_s = time.monotonic()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            hub_command("run", *(options or ("--port", "0"))),
            env=clean_environment(folder, **environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )

    def wait_until_ready(self) -> float:
        """Wait for the address to be printed and tell how many seconds that took."""
        wait_for(lambda: "Ctrl-C stops everything" in self.said() or self.process.poll() is not None, READY_S)
        assert self.process.poll() is None, self.said()
        return time.monotonic() - self.began_s

    def said(self) -> str:
        """Read all that was printed so far."""
        return os.pread(self._output.fileno(), 1_000_000, 0).decode()

    @property
    def run_file(self) -> RunFile:
        """Read what `hub run` tells other commands."""
        return msgspec.json.decode((self.folder / "run.json").read_bytes(), type=RunFile)

    @property
    def base_url(self) -> str:
        """Tell where it answers."""
        return self.run_file.base_url

    def get(self, path: str) -> httpx.Response:
        """Ask it something, waiting while a web process is started again."""
        return httpx.get(self.base_url + path, timeout=15, trust_env=False, verify=NO_TLS)

    def ready(self) -> bool:
        """Tell whether everything is green."""
        try:
            return self.get("/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def children(self, name: str) -> list[psutil.Process]:
        """Find all children by a part of their command line."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if name in " ".join(child.cmdline())]

    def child(self, name: str) -> psutil.Process:
        """Find a child by a part of its command line."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if name in " ".join(child.cmdline()):
                    return child
            except psutil.NoSuchProcess:
                continue
        raise LookupError(name)

    def kill_child(self, name: str) -> None:
        """End a child as kill -9 does, and wait until another one runs in its place."""
        before = self.child(name)
        before.kill()
        wait_for(lambda: self._has_another(name, before.pid), 10)

    def stop(self, within_s: float = 10.0) -> int:
        """Ask it to stop; answers its exit code."""
        self.process.terminate()
        return self.process.wait(within_s)

    def database(self) -> Database:
        """Open its database."""
        return Database.open(f"sqlite:///{self.folder / 'hub.db'}")

    def clean_up(self) -> None:
        """End whatever is left of it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        wait_for(lambda: not left_over(self.folder), 5)
        self._output.close()

    def _has_another(self, name: str, pid: int) -> bool:
        try:
            return self.child(name).pid != pid
        except LookupError:
            return False


@contextmanager
def launched(folder: Path, *options: str, **environment: str) -> Iterator[Launched]:
    """Start a hub and wait until it is ready; whatever is left of it is ended afterwards."""
    hub = Launched(folder, *options, **environment)
    try:
        hub.wait_until_ready()
        yield hub
    finally:
        hub.clean_up()


def hub_command(*arguments: str) -> list[str]:
    """Write a command line."""
    return [sys.executable, "-m", "hub", *arguments]


def clean_environment(folder: Path, **more: str) -> dict[str, str]:
    """Take this process's environment without its settings of a hub."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return kept | {"HUB_DATA_DIR": str(folder)} | more


def call(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(  # noqa: S603 - our own program
        hub_command(*arguments),
        env=clean_environment(folder, **environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def left_over(folder: Path) -> list[str]:
    """List the processes that still work for a data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HUB_DATA_DIR") == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def wait_for(happened: Callable[[], bool], within_s: float) -> float:
    """Wait until something is so and tell how many seconds that took; fails after `within_s`."""
    began_s = time.monotonic()
    while not happened():
        assert time.monotonic() - began_s < within_s, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - began_s


def tell(text: str) -> None:
    """Tell a timing, which never fails a test."""
    print(text)  # noqa: T201
