"""Stay in a block until somebody says that it must be left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Leave = Callable[[Exception], None]
"""Ends the block with this exception; only the first call counts."""


@asynccontextmanager
async def interruptible() -> AsyncIterator[Leave]:
    """Run the block until it ends, or until what is yielded is called: then raise what that was given."""
    loop, reasons = asyncio.get_running_loop(), list[Exception]()

    def leave(reason: Exception) -> None:
        if not reasons:
            reasons.append(reason)
            stay.reschedule(loop.time())

    try:
        async with asyncio.timeout(None) as stay:
            yield leave
    except TimeoutError:
        if not reasons:
            raise
        raise reasons[0] from None
