"""`relay`: claim due messages of the outbox and enqueue jobs for them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from datetime import timedelta

import structlog

from hub.clock import system_clock
from hub.services.hold_leases import LEASE
from hub.services.relay_messages import BATCH, RelayMessages
from hub.settings import Settings
from hub.store.database import Database
from hub.store.job_queue import JobQueue, connect_queue
from hub.store.outbox_bell import OutboxBell
from hub.store.redis_client import connect_redis

LOOK_EVERY_S = 1.0
"""Between two looks without a ring: for tries that come due, leases that ran out, and rings that were lost."""
PAUSE_S = 1.0
"""Between two tries while a store is away."""

log = structlog.get_logger()


async def run_relay(settings: Settings, lease: timedelta = LEASE) -> None:
    """Relay until SIGTERM or SIGINT; what is under way is finished first."""
    database, redis = Database.open(settings.database_url), connect_redis(settings.redis_url)
    queue_redis = connect_queue(settings.queue_url or settings.redis_url)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    bell = OutboxBell(redis)
    try:
        await relay(RelayMessages(database, JobQueue(queue_redis), system_clock, lease), bell, stopped)
    finally:
        await bell.close()
        await asyncio.to_thread(queue_redis.close)
        await redis.aclose()
        await database.close()


async def relay(messages: RelayMessages, bell: OutboxBell, stopped: asyncio.Event) -> None:
    """Relay again and again, waiting out stores that are away."""
    while not stopped.is_set():
        try:
            if await messages.relay_some() < BATCH:
                await _until(stopped, bell)
        except Exception as fault:  # whatever it is, the rows are still there
            log.warning("relaying failed, tries again", fault=f"{type(fault).__name__}: {fault}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_S):
                    await stopped.wait()


async def _until(stopped: asyncio.Event, bell: OutboxBell) -> None:
    """Wait for a ring, the next look, or the end."""
    ends = asyncio.create_task(stopped.wait())
    rings = asyncio.create_task(bell.wait(LOOK_EVERY_S))
    await asyncio.wait([ends, rings], return_when=asyncio.FIRST_COMPLETED)
    for task in (ends, rings):
        task.cancel()
    await asyncio.gather(ends, rings, return_exceptions=True)
