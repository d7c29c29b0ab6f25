"""`hub.services.background`: a task that fails is seen, and starts again."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hub.services.background import Background


async def test_a_task_that_fails_is_a_fault_for_a_while_and_starts_again() -> None:
    background, started = Background(pause_s=0.01, red_s=0.2), []

    async def work() -> None:
        started.append(1)
        if len(started) == 1:
            raise ValueError("unforeseen")
        await asyncio.Event().wait()

    background.start("work", work)
    await asyncio.sleep(0.1)
    assert background.failed() == ["work"]
    assert len(started) == 2
    await asyncio.sleep(0.2)
    assert background.failed() == []
    await background.stop()


async def test_a_task_whose_end_was_taken_for_something_else_ends_all_the_same() -> None:
    background, began = Background(), asyncio.Event()

    async def work() -> None:
        began.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    background.start("work", work)
    await began.wait()
    async with asyncio.timeout(5):
        await background.stop()
