"""The data folder: its lock, its secret, and `run.json`, by which other commands find a running hub."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hub.settings import Settings

LONGEST_SOCKET_PATH = 100
"""Bytes; the system allows 107."""


class FolderTakenError(Exception):
    """Another hub runs on the same folder."""


class RunFile(msgspec.Struct, frozen=True, kw_only=True):
    """What `hub run` tells the other commands."""

    base_url: str
    redis_url: str
    router_url: str
    pid: int


class DataDir:
    """A data folder, made when it is first needed."""

    def __init__(self, path: str) -> None:
        self.path = Path(path).resolve()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder; raises `FolderTakenError`. The lock goes with the process, however it ends."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FolderTakenError(f"another hub runs on {self.path}") from None
            try:
                yield
            finally:
                self._run_file.unlink(missing_ok=True)

    def secret(self, *, create: bool = False) -> str:
        """Read the kept secret, empty if there is none; `create` makes one first."""
        file = self.path / "secret.key"
        if create and not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as new:
                new.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileNotFoundError):
            return file.read_text().strip()
        return ""

    def socket_path(self) -> Path:
        """Choose where the embedded store listens: here, or in a short folder where the path grew too long."""
        here = self.path / "valkey.sock"
        if len(os.fsencode(here)) <= LONGEST_SOCKET_PATH:
            return here
        return Path(tempfile.mkdtemp(prefix="enroute-")) / "valkey.sock"

    def write_run_file(self, run: RunFile) -> None:
        """Tell other commands where the hub is."""
        unfinished = self.path / "run.json.new"
        unfinished.write_bytes(msgspec.json.encode(run))
        unfinished.rename(self._run_file)

    def run_file(self) -> RunFile | None:
        """Find a running hub."""
        try:
            return msgspec.json.decode(self._run_file.read_bytes(), type=RunFile)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    @property
    def mail_folder(self) -> Path:
        """Name the folder of the mails that the demo catches."""
        return self.path / "mail"

    @property
    def _run_file(self) -> Path:
        return self.path / "run.json"


def settings_beside(settings: Settings) -> Settings:
    """Fill what is unset from the data folder and the hub that runs on it, for commands beside it."""
    folder = DataDir(settings.data_dir)
    run = folder.run_file()
    filled = settings.with_defaults(
        base_url=run.base_url if run else "http://127.0.0.1:8000",
        redis_url=run.redis_url if run else "",
        secret_key=folder.secret(),
    )
    return msgspec.structs.replace(filled, router_url=filled.router_url or (run.router_url if run else ""))
