"""Leave a block when told."""

from __future__ import annotations

import asyncio

import pytest

from hub.web.interruptible import Leave, interruptible


class GoneError(Exception):
    """Why the block is left."""


async def test_a_block_that_nobody_interrupts_ends_by_itself() -> None:
    async with interruptible():
        await asyncio.sleep(0)


async def test_whoever_waits_is_interrupted_with_the_first_reason() -> None:
    def interrupt(leave: Leave) -> None:
        leave(GoneError("first"))
        leave(GoneError("second"))

    async def wait() -> None:
        async with interruptible() as leave:
            asyncio.get_running_loop().call_soon(interrupt, leave)
            await asyncio.sleep(10)

    with pytest.raises(GoneError, match="first"):
        await wait()


async def test_a_time_out_of_the_blocks_own_passes() -> None:
    with pytest.raises(TimeoutError):
        async with interruptible():
            raise TimeoutError
