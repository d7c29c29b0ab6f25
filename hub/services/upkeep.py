"""Keep a web process in step with what others change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

CHANGES_EVERY_S = 2.0
"""How often a web process looks for changes that no message told it of."""
HEARTBEAT_EVERY_S = 20.0
DEVICES_EVERY_S = 10.0
"""How often it is written down when devices were heard."""

log = structlog.get_logger()


async def repeat(every_s: float, *works: Callable[[], Awaitable[None]]) -> None:
    """Do all works every so often, for ever; one that fails is logged and tried again next time."""
    while True:
        for work in works:
            try:
                await work()
            except Exception as fault:  # whatever it is, the other works and the next time must not suffer from it
                name = getattr(work, "__qualname__", repr(work))
                log.warning("upkeep failed", work=name, fault=f"{type(fault).__name__}: {fault}")
        await asyncio.sleep(every_s)
