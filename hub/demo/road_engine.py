"""Run the demo city's road engine: an `osrm-routed` of its own, on this machine only."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

THREADS = 2
READY_WITHIN_S = 15.0
"""A start takes 0.1 s on an idle machine."""
_STOP_WITHIN_S = 3.0
_ATTEMPTS = 3
"""Between choosing a free port and using it another program may take it."""


_Process = subprocess.Popen[bytes]


class EngineFailed(Exception):
    """The engine ended, or was not ready in time; the text says what it said."""


def program(folder: Path, name: str) -> Path:
    """Tell where one of OSRM's programs lies in a demo city's folder."""
    return folder / "engine" / "osrm" / "bin" / name


def has_engine(folder: Path) -> bool:
    """Tell whether the folder holds an engine with its prepared roads."""
    return program(folder, "osrm-routed").exists() and (folder / "city.osrm.hsgr").exists()


def engine_command(folder: Path, port: int) -> list[str]:
    """Tell how to start the engine on 127.0.0.1 and `port`. SIGTERM stops it."""
    routed = str(program(folder, "osrm-routed").absolute())
    options = ["--algorithm", "ch", "-i", "127.0.0.1", "-p", str(port), "-t", str(THREADS), "-l", "WARNING"]
    return [routed, *options, str((folder / "city.osrm").absolute())]


def is_ready(url: str) -> bool:
    """Ask once whether an engine answers there."""
    try:
        answer = httpx.get(f"{url}/nearest/v1/driving/0,0", timeout=1.0, trust_env=False)
    except httpx.HTTPError:
        return False
    return b'"code"' in answer.content


def free_port() -> int:
    """Find a port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, options: Sequence[str] = ()) -> Iterator[str]:
    """Run an engine on a free port, with more `options` of osrm-routed; gives its URL, stops it at the end.

    Raises EngineFailed when it does not come up.
    """
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads would fill up
        process, url = _start([*options], folder, said)
        try:
            yield url
        finally:
            _stop(process)


def _start(options: list[str], folder: Path, said: IO[bytes]) -> tuple[_Process, str]:
    for attempt in range(1, _ATTEMPTS + 1):
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = engine_command(folder, port) + options
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)  # noqa: S603 - our own words
        try:
            _wait_until_ready(process, url)
        except BaseException as fault:
            _stop(process)
            if not isinstance(fault, EngineFailed):
                raise
            if attempt == _ATTEMPTS:
                said.seek(0)
                raise EngineFailed(f"{fault}: {said.read()[-300:].decode(errors='replace')}") from fault
        else:
            return process, url
    raise AssertionError("the last attempt returns or raises")


def _wait_until_ready(process: _Process, url: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise EngineFailed(f"osrm-routed ended with {process.returncode}")
        if is_ready(url):
            return
        time.sleep(0.05)
    raise EngineFailed(f"osrm-routed was not ready within {READY_WITHIN_S:g} s")


def _stop(process: _Process) -> None:
    process.terminate()
    try:
        process.wait(timeout=_STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
