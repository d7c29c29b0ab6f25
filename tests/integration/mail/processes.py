"""Relays and workers as processes of their own, which tests may kill."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.builders import SECRET
from tests.integration.commands.launched import ROOT, clean_environment, hub_command


class Processes:
    """Starts them with settings of their own, and ends whatever is left."""

    def __init__(self, folder: Path, database_url: str, redis_url: str, smtp_url: str) -> None:
        self._environment = clean_environment(
            folder,
            HUB_DATABASE_URL=database_url,
            HUB_REDIS_URL=redis_url,
            HUB_SMTP_URL=smtp_url,
            HUB_SECRET_KEY=SECRET.decode() + "." * 32,
            HUB_PUBLIC_URL="https://visit.example",
        )
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the processes
        self._all: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `hub …`."""
        process = subprocess.Popen(  # noqa: S603 - our own program
            hub_command(*arguments),
            env=self._environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
            start_new_session=True,
        )
        self._all.append(process)
        return process

    async def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End one as kill -9 does."""
        process.kill()
        await asyncio.to_thread(process.wait, 10)

    async def stop(self, process: subprocess.Popen[bytes]) -> int:
        """Ask one to end, and give its exit code."""
        process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(process.wait, 20)

    def said(self) -> str:
        """Read all that was printed so far."""
        return os.pread(self._output.fileno(), 1_000_000, 0).decode()

    def clean_up(self) -> None:
        """End whatever is left."""
        for process in self._all:
            if process.poll() is None:
                process.kill()
                process.wait(10)
        self._output.close()


@contextmanager
def processes(folder: Path, database_url: str, redis_url: str, smtp_url: str) -> Iterator[Processes]:
    """Prepare to start processes until the end of the block."""
    made = Processes(folder, database_url, redis_url, smtp_url)
    try:
        yield made
    finally:
        made.clean_up()
