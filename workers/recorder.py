"""`recorder`: read the ping stream in a consumer group, keep it as the track history."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket

import structlog

from hub.clock import system_clock
from hub.services.record_track import RecordTrack
from hub.settings import Settings
from hub.store.database import Database
from hub.store.ping_stream import PingStream
from hub.store.redis_client import connect_redis

PAUSE_S = 1.0
"""Between two tries while a store is away."""
BREATH_S = 0.02
"""Between two chunks, so that other writers get their turn on SQLite."""

log = structlog.get_logger()


async def run_recorder(settings: Settings, consumer: str | None = None) -> None:
    """Record until SIGTERM or SIGINT; a chunk under way is finished first."""
    database, redis = Database.open(settings.database_url), connect_redis(settings.redis_url)
    stream = PingStream(redis, consumer or socket.gethostname())
    recorder = RecordTrack(database, stream, system_clock)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await record(recorder, stopped)
    finally:
        await redis.aclose()
        await database.close()


async def record(recorder: RecordTrack, stopped: asyncio.Event) -> None:
    """Record again and again, waiting out stores that are away."""
    while not stopped.is_set():
        try:
            recorded = await recorder.record_some()
            pause_s = BREATH_S if recorded else 0.0
        except Exception as fault:  # whatever it is, what was not recorded stays in the stream
            log.warning("recording failed, tries again", fault=f"{type(fault).__name__}: {fault}")
            pause_s = PAUSE_S
        await _pause(stopped, pause_s)


async def _pause(stopped: asyncio.Event, pause_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(pause_s):
            await stopped.wait()
