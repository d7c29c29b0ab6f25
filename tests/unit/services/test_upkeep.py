"""Repeat what keeps a process in step."""

from __future__ import annotations

import asyncio

from redis.exceptions import ConnectionError as RedisConnectionError

from hub.services.upkeep import repeat


async def test_a_work_that_fails_keeps_neither_itself_nor_others_from_being_repeated() -> None:
    done: list[str] = []

    async def fails() -> None:
        done.append("fails")
        raise RedisConnectionError("away")

    async def is_wrong() -> None:
        done.append("is wrong")
        raise ZeroDivisionError

    async def works() -> None:
        done.append("works")

    repeating = asyncio.create_task(repeat(0.001, fails, is_wrong, works))
    await asyncio.sleep(0.05)
    repeating.cancel()

    assert done[:6] == ["fails", "is wrong", "works"] * 2
