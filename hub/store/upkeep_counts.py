"""What upkeep did, counted over all workers since the store was set up, and when each chore was last done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis

from hub.store.redis_client import key

KEY = key("upkeep")
_AT = "at:"


class UpkeepCounts:
    """Workers have no `/metrics` of their own, so web processes tell for them."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, chore: str, counts: Mapping[str, int], now: datetime) -> None:
        """Note that a chore was done, and what it did. Raises `redis.RedisError` where the store is away."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hset(KEY, _AT + chore, f"{now.timestamp():.3f}")
            for what, number in counts.items():
                pipe.hincrby(KEY, what, number)
            await pipe.execute()

    async def read(self) -> tuple[dict[str, int], dict[str, datetime]]:
        """Read all counts, and when each chore was last done. Raises `redis.RedisError` where the store is away."""
        raw: dict[Any, Any] = await self._redis.hgetall(KEY)
        found = {name.decode(): value.decode() for name, value in raw.items()}
        counts = {what: int(number) for what, number in found.items() if not what.startswith(_AT)}
        done_at = {
            name.removeprefix(_AT): datetime.fromtimestamp(float(at), UTC)
            for name, at in found.items()
            if name.startswith(_AT)
        }
        return counts, done_at
